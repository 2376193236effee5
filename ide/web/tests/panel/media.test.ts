// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { type Answer, newAnswer } from "@/panel/exchange/answer";
import { statusText, statusTone } from "@/panel/exchange/status";
import { fileName, hexLines, looksBinary, viewOf } from "@/panel/response/media";
import { inPieces } from "@/panel/response/TextView";

function answer(type: string, bytes: Uint8Array | string = "x", headers: [string, string][] = [], path = "/"): Answer {
  const made = newAnswer({ method: "GET", path, headers: [], body: null, body_base64: null, target: "dev" });
  const body = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  made.body.append(body);
  return { ...made, received: body.length, headers: [...(type === "" ? [] : [["Content-Type", type] as const]), ...headers] };
}

describe("how a body is shown", () => {
  it.each([
    ["application/json; charset=utf-8", "json"],
    ["application/problem+json", "json"],
    ["text/html", "html"],
    ["image/png", "image"],
    ["image/svg+xml", "image"],
    ["text/event-stream", "stream"],
    ["application/x-ndjson", "stream"],
    ["text/csv", "text"],
    ["application/atom+xml", "text"],
    ["application/pdf", "text"],
    ["audio/mpeg", "binary"],
    ["", "text"],
  ])("follows the type %s: %s", (type, view) => {
    expect(viewOf(answer(type))).toBe(view);
  });

  it("looks at the bytes where the type says little", () => {
    expect(viewOf(answer("application/octet-stream", "plain"))).toBe("text");
    expect(viewOf(answer("application/octet-stream", new Uint8Array([1, 0, 2])))).toBe("binary");
    expect(viewOf(answer("application/pdf", new Uint8Array([0x25, 0xff, 0xfe])))).toBe("binary");
    expect(viewOf(answer("text/plain", ""))).toBe("empty");
  });

  it("does not take a cut character for a binary", () => {
    const long = new TextEncoder().encode("é".repeat(3000)).subarray(0, 4096);
    expect(looksBinary(long.subarray(1))).toBe(true);
    expect(looksBinary(new TextEncoder().encode(`a${"é".repeat(3000)}`).subarray(0, 4096))).toBe(false);
  });

  it("cuts lines that no browser could draw", () => {
    const lines = ["short", "x".repeat(9_000)];
    expect(inPieces(lines).map((line) => line.length)).toEqual([5, 4000, 4000, 1000]);
    const ordinary = ["a", "b"];
    expect(inPieces(ordinary)).toBe(ordinary);
  });
});

describe("a body as a file", () => {
  it.each([
    [answer("text/csv", "x", [["content-disposition", 'attachment; filename="a/b.csv"']]), "a_b.csv"],
    [answer("text/csv", "x", [["Content-Disposition", "attachment; filename=x.csv; filename*=UTF-8''%C3%A9.csv"]]), "é.csv"],
    [answer("text/csv", "x", [["Content-Disposition", "attachment; filename*=UTF-8''%E9.csv"]]), "%E9.csv"],
    [answer("application/json", "x", [], "/notes/7?x=1"), "7.json"],
    [answer("image/jpeg", "x", [], "/"), "answer.jpg"],
    [answer("application/pdf", "x", [], "/report"), "report.pdf"],
    [answer("application/octet-stream", "x", [], "/logo.ico"), "logo.ico"],
    [answer("application/vnd.x.y", "x", [], "/a"), "a.bin"],
  ])("has a name", (given, name) => {
    expect(fileName(given)).toBe(name);
  });

  it("begins like a hex dump", () => {
    expect(hexLines(new TextEncoder().encode("Hello\n\x00wörld"))).toEqual([
      { offset: "00000000", hex: "48 65 6c 6c 6f 0a 00 77", text: "Hello..w" },
      { offset: "00000008", hex: "c3 b6 72 6c 64", text: "..rld" },
    ]);
    expect(hexLines(new Uint8Array(1000))).toHaveLength(64);
  });
});

describe("a status", () => {
  it("has words and a tone", () => {
    expect([statusText(404), statusText(299), statusText(599)]).toEqual(["404 Not Found", "299", "599"]);
    expect([204, 302, 422, 503].map(statusTone)).toEqual(["running", "sleeping", "warning", "failed"]);
  });
});
