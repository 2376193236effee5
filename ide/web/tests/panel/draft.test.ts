import { describe, expect, it } from "vitest";
import type { SendRequest } from "@/api/types";
import { fromBase64 } from "@/panel/base64";
import { type Draft, emptyBody, emptyDraft, makePart, makeRow } from "@/panel/draft/model";
import { draftOf } from "@/panel/draft/ofRequest";
import { pathParams, plainTemplate, queryText, resolvePath, rowsOfQuery, withPath, withQuery } from "@/panel/draft/path";
import { DraftError, requestOf } from "@/panel/draft/request";

const FILE = { key: "k", name: 'a "b".txt', type: "text/plain", size: 3 };
const readFile = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array([1, 0, 255]));
const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft(), ...change });
const pairs = (rows: readonly { name: string; value: string }[]) => rows.map(({ name, value }) => [name, value]);

describe("the path", () => {
  it("names its parameters once, not those of the query", () => {
    expect(pathParams("/a/{id}/{rest:path}/{id}?x={y}")).toEqual(["id", "rest"]);
    expect(plainTemplate("/a/{id:int}")).toBe("/a/{id}");
  });

  it.each([
    [{ path: "/notes/{id}", params: { id: "a/b c" } }, "/notes/a%2Fb%20c"],
    [{ path: "/files/{file:path}", params: { file: "a/b c" } }, "/files/a/b%20c"],
    [{ path: "notes" }, "/notes"],
    [{ path: "/é?q=ü x#y" }, "/%C3%A9?q=%C3%BC%20x%23y"],
    [{ path: "/a%20b?x=%26" }, "/a%20b?x=%26"],
    [{ path: "/{x}", params: { x: "\ud800" } }, "/%EF%BF%BD"],
  ])("is escaped as far as it must be: %j", (change, path) => {
    expect(resolvePath(draft(change))).toEqual({ path, missing: null });
  });

  it("says which parameter has no value", () => {
    expect(resolvePath(draft({ path: "/{a}/{b}", params: { a: "1" } })).missing).toBe("b");
  });

  it("turns a typed query into rows that keep their ids, and rows into the query", () => {
    const off = makeRow("off", "1", false);
    const typed = withPath(draft({ query: [makeRow("a", "1"), off] }), "/x?a=2&b=c%20d&flag");
    expect(pairs(typed.query)).toEqual([["a", "2"], ["b", "c d"], ["flag", ""], ["off", "1"]]);
    expect(typed.query.at(-1)).toBe(off);
    const again = withPath(typed, "/x?a=3");
    expect(again.query[0]?.id).toBe(typed.query[0]?.id);
    expect(withQuery(again, [makeRow("q", "a&b=c+d%"), makeRow("e", "é"), off]).path).toBe("/x?q=a%26b=c%2Bd%25&e=%C3%A9");
  });

  it("keeps what it cannot decode, and empty rows that are being written", () => {
    expect(pairs(rowsOfQuery("a=%zz&b=1+2", [makeRow()]))).toEqual([["a", "%zz"], ["b", "1 2"], ["", ""]]);
    expect(queryText([makeRow(), makeRow("x", "", true)])).toBe("?x");
    expect(queryText([])).toBe("");
  });

  it("takes the path out of a whole address", () => {
    expect(withPath(emptyDraft(), "http://notes.localhost:8000/a?b=1").path).toBe("/a?b=1");
    expect(withPath(emptyDraft(), "https://example.com").path).toBe("/");
    expect(withPath(emptyDraft(), "").path).toBe("");
  });

  it("brings a query through the rows and back unchanged", () => {
    for (const value of ["a b", "a&b", "a=b", "50%", "a+b", "#", "日本", "😀"]) {
      const path = withQuery(emptyDraft(), [makeRow("k", value)]).path;
      expect(pairs(withPath(emptyDraft(), path).query)).toEqual([["k", value]]);
    }
  });
});

describe("the request of a draft", () => {
  it("has the content type of the body, unless a header says another", async () => {
    const body = { ...emptyBody(), mode: "json" as const, json: "{}" };
    expect((await requestOf(draft({ method: "POST", body }), readFile)).headers).toEqual([["Content-Type", "application/json"]]);
    const headers = [makeRow("content-type", "application/vnd.api+json"), makeRow("X-Off", "1", false), makeRow("", "lost")];
    expect((await requestOf(draft({ body, headers }), readFile)).headers).toEqual([["content-type", "application/vnd.api+json"]]);
  });

  it("writes forms, texts and files", async () => {
    const form = [makeRow("a", "1 & 2"), makeRow("b", "no", false)];
    expect(await requestOf(draft({ body: { ...emptyBody(), mode: "form", form } }), readFile)).toMatchObject({ body: "a=1+%26+2", body_base64: null });
    const text = await requestOf(draft({ body: { ...emptyBody(), mode: "text", text: "<a/>", textType: "application/xml" } }), readFile);
    expect(text).toMatchObject({ body: "<a/>", headers: [["Content-Type", "application/xml"]] });
    const file = await requestOf(draft({ body: { ...emptyBody(), mode: "file", file: FILE } }), readFile);
    expect(file).toMatchObject({ body: null, body_base64: "AQD/", headers: [["Content-Type", "text/plain"]] });
  });

  it("writes multipart forms as RFC 7578 has them", async () => {
    const parts = [makePart("title", "é"), { ...makePart("up", "", true), file: FILE }, { ...makePart("off", "x"), enabled: false }];
    const request = await requestOf(draft({ body: { ...emptyBody(), mode: "multipart", parts } }), readFile, "B");
    expect(request.headers).toEqual([["Content-Type", "multipart/form-data; boundary=B"]]);
    const bytes = fromBase64(request.body_base64 ?? "");
    expect(new TextDecoder("latin1").decode(bytes)).toBe(
      '--B\r\nContent-Disposition: form-data; name="title"\r\n\r\nÃ©\r\n' +
        '--B\r\nContent-Disposition: form-data; name="up"; filename="a %22b%22.txt"\r\nContent-Type: text/plain\r\n\r\n\x01\x00ÿ\r\n--B--\r\n',
    );
  });

  it.each([
    [draft({ path: "/{id}" }), { place: "params", param: "id" }],
    [draft({ body: { ...emptyBody(), mode: "file" } }), { place: "body", message: "Choose the file to send." }],
    [draft({ body: { ...emptyBody(), mode: "text", text: "x".repeat(10 * 1024 * 1024 + 1) } }), { place: "body" }],
  ])("says what is missing", async (incomplete, complaint) => {
    const error: unknown = await requestOf(incomplete, readFile).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DraftError);
    expect(error).toMatchObject(complaint);
  });

  it("says when the browser has thrown a file away", async () => {
    const lost = requestOf(draft({ body: { ...emptyBody(), mode: "file", file: FILE } }), () => Promise.resolve(null));
    await expect(lost).rejects.toThrow("Choose it again");
  });
});

describe("a draft of a request", () => {
  const request = (change: Partial<SendRequest>): SendRequest => ({ method: "POST", path: "/x", headers: [], body: null, body_base64: null, target: "dev", ...change });

  it("leaves out what the gateway made, and the content type that the body says", () => {
    const headers: [string, string][] = [["Host", "h"], ["X-Request-Id", "1"], ["X-Forwarded-For", "::1"], ["content-type", "application/json"], ["X-Mine", "2"], ["Authorization", "Bearer [redacted]"]];
    const made = draftOf(request({ headers, body: "[1]" }));
    expect(made.headers.map(({ name, enabled }) => [name, enabled])).toEqual([["X-Mine", true], ["Authorization", false]]);
    expect(made.body).toMatchObject({ mode: "json", json: "[1]" });
  });

  it("keeps a content type that is more than the form of the body says", () => {
    const made = draftOf(request({ headers: [["Content-Type", "application/json; charset=utf-8"]], body: "{}" }));
    expect(pairs(made.headers)).toEqual([["Content-Type", "application/json; charset=utf-8"]]);
  });

  it("knows forms, JSON without a type, and texts", () => {
    expect(draftOf(request({ headers: [["Content-Type", "application/x-www-form-urlencoded"]], body: "a=1&b=%26" })).body.form).toMatchObject([{ name: "a", value: "1" }, { name: "b", value: "&" }]);
    expect(draftOf(request({ body: ' {"a": 1}' })).body.mode).toBe("json");
    expect(draftOf(request({ headers: [["Content-Type", "text/csv"]], body: "a,b" })).body).toMatchObject({ mode: "text", textType: "text/csv" });
    expect(draftOf(request({})).body.mode).toBe("none");
  });

  it("has its query as rows, which change the path", () => {
    const made = draftOf(request({ method: "GET", path: "/hello?name=Ada%20L&x" }));
    expect(pairs(made.query)).toEqual([["name", "Ada L"], ["x", ""]]);
    expect(withQuery(made, made.query.slice(0, 1)).path).toBe("/hello?name=Ada%20L");
  });

  it("is sent as the same request again", async () => {
    const first = request({ path: "/a?b=c%20d", headers: [["X-A", "1"], ["Content-Type", "application/json"]], body: '{"n": 1}' });
    expect(await requestOf(draftOf(first), readFile)).toEqual(first);
  });
});
