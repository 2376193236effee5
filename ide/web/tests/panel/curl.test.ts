import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { SendRequest } from "@/api/types";
import { curlCommand, quote } from "@/panel/draft/curl";
import { emptyBody, emptyDraft, makePart } from "@/panel/draft/model";

const URL = "http://notes.localhost:8000";
const request = (change: Partial<SendRequest> = {}): SendRequest => ({ method: "GET", path: "/", headers: [], body: null, body_base64: null, target: "dev", ...change });

/** What a POSIX shell makes of a command line: the words that curl would get. */
function words(command: string): string[] {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`;
  return execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe("quoting for a shell", () => {
  it.each(["", "plain", "it's", '"$HOME" `id` $(id) \\', "a\nb", "!history", "é😀", "~", "=cmd", "*?[a]", "--x", "a;b|c&d>e", "'''", "\ttab"])("keeps %j as one word", (word) => {
    expect(words(`curl ${quote(word)}`)).toEqual([word]);
  });

  it("leaves plain words plain", () => {
    expect(quote("http://a.localhost:8000/x")).toBe("http://a.localhost:8000/x");
  });
});

describe("a request as curl", () => {
  it("is short when the request is simple", () => {
    expect(curlCommand(`${URL}/`, request())).toBe("curl http://notes.localhost:8000/");
  });

  it("reaches curl as it was meant, through the shell", () => {
    const body = `{"it's": "$HOME \`id\`\n\\"}`;
    const sent = request({ method: "POST", path: "/a?b=c&d='", headers: [["X-A", "it's"], ["Content-Type", "application/json"]], body });
    expect(words(curlCommand(URL, sent))).toEqual([`${URL}/a?b=c&d='`, "--header", "X-A: it's", "--header", "Content-Type: application/json", "--data-raw", body]);
  });

  it.each([
    [request({ method: "DELETE" }), ["--request", "DELETE"]],
    [request({ method: "HEAD" }), ["--head"]],
    [request({ method: "PUT", body: "x", headers: [["Content-Type", "text/plain"]] }), ["--request", "PUT", "--header", "Content-Type: text/plain", "--data-raw", "x"]],
    [request({ method: "POST", body: "x" }), ["--header", "Content-Type:", "--data-raw", "x"]],
    [request({ headers: [["X-Empty", ""]] }), ["--header", "X-Empty;"]],
  ])("says what curl would not do by itself", (sent, options) => {
    expect(words(curlCommand(URL, sent)).slice(1)).toEqual(options);
  });

  it("keeps curl from reading brackets and dots in the address", () => {
    expect(words(curlCommand(URL, request({ path: "/a[1]" })))).toEqual([`${URL}/a[1]`, "--globoff"]);
    expect(words(curlCommand(URL, request({ path: "/a/../b" })))).toEqual([`${URL}/a/../b`, "--path-as-is"]);
  });

  it("names files and fields of a form, and leaves the boundary to curl", () => {
    const file = { key: "k", name: "my file.txt", type: "text/plain", size: 1 };
    const parts = [makePart("title", "@not-a-file"), { ...makePart("up", "", true), file }];
    const draft = { ...emptyDraft(), method: "POST", body: { ...emptyBody(), mode: "multipart" as const, parts } };
    const sent = request({ method: "POST", headers: [["Content-Type", "multipart/form-data; boundary=x"]], body_base64: "AA==" });
    expect(words(curlCommand(URL, sent, draft)).slice(1)).toEqual(["--form-string", "title=@not-a-file", "--form", "up=@my file.txt"]);
    const whole = { ...draft, body: { ...emptyBody(), mode: "file" as const, file } };
    expect(words(curlCommand(URL, request({ method: "POST", body_base64: "AA==" }), whole)).slice(1)).toEqual(["--header", "Content-Type:", "--data-binary", "@my file.txt"]);
  });
});
