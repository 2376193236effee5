// @vitest-environment node
import { expect, it } from "vitest";
import type { Route } from "@/api/types";
import { routeRows } from "@/workspace/routeRows";

const route = (path: string, methods: string[], kind: Route["kind"] = "http"): Route => ({
  path,
  methods,
  kind,
  name: null,
  handler: null,
  file: null,
  line: null,
});

it("gives each method a row, without the HEAD that comes with GET", () => {
  const rows = routeRows([route("/", ["GET", "HEAD"]), route("/notes", ["GET", "POST"]), route("/ping", ["HEAD"])]);
  expect(rows.map(({ key }) => key)).toEqual(["GET /", "GET /notes", "POST /notes", "HEAD /ping"]);
});

it("shows what has no methods as one row", () => {
  const rows = routeRows([route("/ws", [], "websocket"), route("/static", [], "mount"), route("/any", [])]);
  expect(rows.map(({ method }) => method)).toEqual(["WS", "ANY", "GET"]);
});

it("keeps apart routes that look the same", () => {
  const keys = routeRows([route("/", ["GET"]), route("/", ["GET"])]).map(({ key }) => key);
  expect(new Set(keys).size).toBe(2);
});
