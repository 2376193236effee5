// @vitest-environment node
import { expect, it } from "vitest";
import { ApiProblem, explain, readProblem, unreachable } from "@/api/problem";

it("reads a problem document, with what it says about the code", async () => {
  const body = { type: "/problems/x", title: "It failed", status: 422, detail: "Because.", frames: [] };
  const headers = { "content-type": "application/problem+json; charset=utf-8" };
  const problem = await readProblem(new Response(JSON.stringify(body), { status: 422, headers }));
  expect(problem).toBeInstanceOf(ApiProblem);
  expect([problem.type, problem.title, problem.status, problem.message]).toEqual(["/problems/x", "It failed", 422, "Because."]);
  expect(problem.problem.frames).toEqual([]);
});

it("makes a sentence of an answer that is no problem document", async () => {
  const problem = await readProblem(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
  expect(problem.title).toBe("Bad Gateway");
  expect(problem.message).toContain("502");
});

it("explains whatever was thrown", () => {
  expect(explain(unreachable()).title).toBe("Podium does not answer");
  expect(explain(new TypeError("x is not a function")).detail).toBe("x is not a function");
  expect(explain("a word").detail).toBe("a word");
});
