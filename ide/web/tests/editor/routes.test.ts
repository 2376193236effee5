import { describe, expect, it } from "vitest";
import type { Route } from "@/api/types";
import { handlerLine, routeActions } from "@/editor/monaco/routes";

const CODE = `from fastapi import FastAPI
app = FastAPI()

@app.get("/")
def index():
    pass

@app.post(
    "/notes",
)
@login
async def add(note):
    pass

class Live:
    pass`.split("\n");

const route = (over: Partial<Route>): Route => ({ path: "/", methods: ["GET"], kind: "http", name: null, handler: "index", file: "main.py", line: 4, ...over });
const titles = (routes: Route[]): Record<number, string[]> =>
  Object.fromEntries([...routeActions(routes, "main.py", CODE)].map(([line, actions]) => [line, actions.map(({ title }) => title)]));

describe("routes above their handlers", () => {
  it("stand over the first decorator", () => {
    expect(handlerLine(CODE, { handler: "index", line: 4 })).toBe(4);
    expect(handlerLine(CODE, { handler: "main.add", line: 11 })).toBe(8);
    expect(handlerLine(CODE, { handler: "Live", line: 15 })).toBe(15);
  });

  it("are found where the code has moved since", () => {
    expect(handlerLine(["", "", "", ...CODE], { handler: "index", line: 4 })).toBe(7);
    expect(handlerLine(["def index(): ...", "", "", "def index(): ..."], { handler: "index", line: 3 })).toBe(4);
  });

  it("are gone with their handler", () => {
    expect(handlerLine(CODE, { handler: "removed", line: 4 })).toBeNull();
    expect(handlerLine(CODE, { handler: null, line: 4 })).toBeNull();
  });

  it("offer each method but those that come by themselves", () => {
    expect(titles([route({ methods: ["GET", "HEAD"] }), route({ path: "/notes", methods: ["POST", "PUT"], handler: "add", line: 8 })])).toEqual({
      4: ["GET /  ▷ send"],
      8: ["POST /notes  ▷ send", "PUT /notes  ▷ send"],
    });
    expect(titles([route({ methods: ["HEAD"] })])).toEqual({ 4: ["HEAD /  ▷ send"] });
  });

  it("offer WebSockets, and nothing for mounts and other files", () => {
    expect(titles([route({ kind: "websocket", path: "/ws", methods: [] })])).toEqual({ 4: ["WS /ws  ▷ open"] });
    expect(titles([route({ kind: "mount", methods: [] })])).toEqual({ 4: [] });
    expect(titles([route({ file: "other.py" })])).toEqual({});
  });
});
