import { describe, expect, it } from "vitest";
import type { Route } from "@/api/types";
import { draftFor, methodsOf, operationsOf } from "@/panel/draft/operations";
import { exampleOf, resolve } from "@/panel/draft/schemaExample";

const example = (schema: unknown, schemas: Record<string, unknown> = {}) => exampleOf(schema, { components: { schemas } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe("an example of a schema", () => {
  it.each([
    [{ type: "string", examples: ["Tea", "Milk"] }, "Tea"],
    [{ type: "string", example: "Tea" }, "Tea"],
    [{ type: "integer", default: 0 }, 0],
    [{ const: "fixed" }, "fixed"],
    [{ enum: ["red", "blue"] }, "red"],
    [{ type: "string" }, "string"],
    [{ type: "string", minLength: 8 }, "stringxx"],
    [{ type: "string", maxLength: 3 }, "str"],
    [{ type: "string", format: "date-time" }, "2025-01-31T09:30:00Z"],
    [{ type: "string", format: "email" }, "ada@example.com"],
    [{ type: "string", format: "uuid" }, "3fa85f64-5717-4562-b3fc-2c963f66afa6"],
    [{ type: "string", format: "constructor" }, "string"],
    [{ type: "integer" }, 1],
    [{ type: "integer", minimum: 18 }, 18],
    [{ type: "integer", exclusiveMinimum: 5 }, 6],
    [{ type: "integer", maximum: -3 }, -3],
    [{ type: "integer", multipleOf: 5 }, 5],
    [{ type: "number", exclusiveMaximum: 1 }, 0.5],
    [{ type: "boolean" }, true],
    [{ type: ["null", "integer"] }, 1],
    [{ anyOf: [{ type: "null" }, { type: "integer" }] }, 1],
    [{ anyOf: [{ type: "string" }, { type: "null" }], default: null }, null],
    [{ type: "array", items: { type: "integer" } }, [1]],
    [{ type: "array", items: { type: "boolean" }, minItems: 3 }, [true, true, true]],
    [{ type: "array", prefixItems: [{ type: "integer" }, { type: "string" }] }, [1, "string"]],
    [{ type: "object" }, {}],
    [{}, null],
    [null, null],
  ])("of %j is %j", (schema, value) => {
    expect(example(schema)).toEqual(value);
  });

  it("goes through references, nested objects and allOf", () => {
    const schemas = {
      Base: { type: "object", properties: { id: { type: "integer", readOnly: true }, name: { type: "string" } } },
      Address: { type: "object", properties: { city: { type: "string", examples: ["Paris"] } } },
      Order: { allOf: [ref("Base"), { type: "object", properties: { to: ref("Address"), lines: { type: "array", items: ref("Address") } } }] },
    };
    expect(example(ref("Order"), schemas)).toEqual({ name: "string", to: { city: "Paris" }, lines: [{ city: "Paris" }] });
  });

  it("takes what stands beside a reference", () => {
    expect(example({ $ref: "#/components/schemas/Colour", default: "blue" }, { Colour: { enum: ["red", "blue"] } })).toBe("blue");
  });

  it("ends where a schema contains itself", () => {
    const schemas = {
      Node: { type: "object", required: ["name"], properties: { name: { type: "string" }, next: { anyOf: [ref("Node"), { type: "null" }] }, children: { type: "array", items: ref("Node") }, peer: ref("Node") } },
    };
    expect(example(ref("Node"), schemas)).toEqual({ name: "string", next: null, children: [] });
  });

  it("has no answer for a reference that leads nowhere or round in circles", () => {
    expect(example(ref("Missing"))).toBeNull();
    expect(resolve({ a: { $ref: "#/b" }, b: { $ref: "#/a" } }, { $ref: "#/a" })).toBeNull();
    expect(resolve({ "a/b": { "~x": [{ type: "string" }] } }, { $ref: "#/a~1b/~0x/0" })).toEqual({ type: "string" });
  });
});

const route = (path: string, methods: string[], kind: Route["kind"] = "http"): Route => ({ path, methods, kind, name: null, handler: null, file: null, line: null });

const DOCUMENT = {
  paths: {
    "/notes/{id}": {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
      get: {
        summary: "One note",
        parameters: [
          { name: "q", in: "query", required: true, schema: { type: "string" }, example: "tea & milk" },
          { name: "limit", in: "query", schema: { type: "integer", default: 10 } },
          { name: "X-Trace", in: "header", schema: { type: "string" } },
        ],
      },
    },
    "/notes": {
      post: { summary: "Add", requestBody: { content: { "application/json": { schema: { type: "object", properties: { title: { type: "string" } } } } } } },
    },
    "/form": { post: { requestBody: { content: { "application/x-www-form-urlencoded": { schema: { type: "object", properties: { a: { type: "integer" } } } } } } } },
    "/upload": {
      post: {
        requestBody: { content: { "multipart/form-data": { schema: { type: "object", properties: { file: { type: "string", contentMediaType: "application/octet-stream" }, title: { type: "string" } } } } } },
      },
    },
    "/raw": { put: { requestBody: { content: { "text/csv": { example: "a,b" } } } } },
    "/example": { post: { requestBody: { content: { "application/json": { examples: { first: { value: { picked: true } } } } } } } },
  },
};

describe("what can be asked of an app", () => {
  it("is its routes with the words of its document, documented ones first", () => {
    const routes = [route("/health", ["GET", "HEAD"]), route("/notes/{id:int}", ["GET"]), route("/ws", [], "websocket"), route("/static", [], "mount")];
    expect(operationsOf(routes, DOCUMENT).slice(0, 1)).toEqual([{ method: "GET", path: "/notes/{id:int}", summary: "One note", documented: true }]);
    expect(operationsOf(routes, DOCUMENT).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /notes/{id:int}",
      "POST /notes",
      "POST /form",
      "POST /upload",
      "PUT /raw",
      "POST /example",
      "GET /health",
    ]);
    expect(operationsOf(routes, null).map(({ path }) => path)).toEqual(["/health", "/notes/{id:int}"]);
  });

  it("leaves out methods that come with others", () => {
    expect(methodsOf(route("/", ["OPTIONS", "HEAD", "GET"]))).toEqual(["GET"]);
    expect(methodsOf(route("/", ["POST", "GET"]))).toEqual(["GET", "POST"]);
    expect(methodsOf(route("/", ["HEAD"]))).toEqual(["HEAD"]);
    expect(methodsOf(route("/", []))).toEqual(["GET"]);
  });

  it("fills in parameters: required ones are on, optional ones wait", () => {
    const draft = draftFor("GET", "/notes/{id:int}", DOCUMENT);
    expect(draft.path).toBe("/notes/{id:int}?q=tea%20%26%20milk");
    expect(draft.params).toEqual({ id: "1" });
    expect(draft.query.map(({ name, value, enabled }) => [name, value, enabled])).toEqual([
      ["q", "tea & milk", true],
      ["limit", "10", false],
    ]);
    expect(draft.headers.map(({ name, enabled }) => [name, enabled])).toEqual([["X-Trace", false]]);
  });

  it("makes a body in the form that the app takes", () => {
    expect(draftFor("POST", "/notes", DOCUMENT).body).toMatchObject({ mode: "json", json: '{\n  "title": "string"\n}' });
    expect(draftFor("POST", "/form", DOCUMENT).body).toMatchObject({ mode: "form", form: [{ name: "a", value: "1" }] });
    expect(draftFor("POST", "/upload", DOCUMENT).body.parts).toMatchObject([
      { name: "file", isFile: true },
      { name: "title", value: "string", isFile: false },
    ]);
    expect(draftFor("PUT", "/raw", DOCUMENT).body).toMatchObject({ mode: "text", text: "a,b", textType: "text/csv" });
    expect(JSON.parse(draftFor("POST", "/example", DOCUMENT).body.json)).toEqual({ picked: true });
  });

  it("guesses little where there is no document", () => {
    expect(draftFor("POST", "/things", null).body).toMatchObject({ mode: "json", json: "{}" });
    expect(draftFor("GET", "/things/{thing_id}/{slug}", null)).toMatchObject({ params: { thing_id: "1", slug: "" }, body: { mode: "none" } });
  });
});
