// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forgetSession } from "@/api/session";
import type { Draft } from "@/editor/files/draft";
import { DraftQueue } from "@/editor/files/drafts";
import { BrowserKeep } from "@/editor/files/keep";
import { FilesApi } from "@/editor/files/transport";
import { FilesServer } from "./filesServer";

const APP = "notes";
const DELAY_MS = 5;

let server: FilesServer;
let keep: BrowserKeep;
let queue: DraftQueue;
let replaced: [string, string][];

function makeQueue(): DraftQueue {
  replaced = [];
  return new DraftQueue(
    new FilesApi(APP),
    keep,
    { onDraft: () => undefined, onText: (path, text) => replaced.push([path, text]) },
    DELAY_MS,
  );
}

function load(path: string): void {
  queue.load(path, { etag: server.tag(path), text: server.files.get(path) ?? "" });
}

const draft = (path: string): Draft => {
  const found = queue.get(path);
  if (found === undefined) throw new Error(`${path} is not there`);
  return found;
};
const kind = (path: string): string => draft(path).state.kind;
const becomes = (path: string, wanted: string): Promise<void> => vi.waitFor(() => expect(kind(path)).toBe(wanted), { timeout: 4_000 });

beforeEach(async () => {
  localStorage.clear();
  forgetSession();
  server = new FilesServer();
  await server.start();
  server.files.set("main.py", "one");
  server.files.set("models.py", "two");
  keep = new BrowserKeep(APP);
  queue = makeQueue();
  load("main.py");
  load("models.py");
});

afterEach(async () => {
  queue.stop();
  await server.stop();
});

describe("storing what is typed", () => {
  it("writes once after the last key, based on the tag that was read", async () => {
    const tag = server.tag("main.py");
    queue.edit("main.py", "o");
    queue.edit("main.py", "on");
    queue.edit("main.py", "on and on");
    await becomes("main.py", "saved");
    expect(server.writes).toEqual([{ method: "PUT", path: "main.py", body: "on and on", ifMatch: tag, ifNoneMatch: undefined }]);
    expect(draft("main.py").etag).toBe(server.tag("main.py"));
  });

  it("never has two writes under way", async () => {
    let open = (): void => undefined;
    server.gate = new Promise((resolve) => (open = resolve));
    queue.edit("main.py", "a");
    queue.edit("models.py", "b");
    const flushed = queue.flush();
    await becomes("main.py", "saving");
    expect(kind("models.py")).toBe("waiting");
    open();
    await flushed;
    expect(server.writes.map(({ path }) => path)).toEqual(["main.py", "models.py"]);
    expect(server.overlap).toBe(1);
  });

  it("writes again what was typed while it was writing", async () => {
    let open = (): void => undefined;
    server.gate = new Promise((resolve) => (open = resolve));
    queue.edit("main.py", "first");
    await becomes("main.py", "saving");
    queue.edit("main.py", "second");
    open();
    await becomes("main.py", "saved");
    expect(server.files.get("main.py")).toBe("second");
    expect(server.writes).toHaveLength(2);
    expect(server.writes[1]?.ifMatch).not.toBe(server.writes[0]?.ifMatch);
  });

  it("has nothing to write when the text is back to what it was", async () => {
    queue.edit("main.py", "other");
    queue.edit("main.py", "one");
    await queue.flush();
    expect(kind("main.py")).toBe("saved");
    expect(server.writes).toEqual([]);
  });

  it("keeps a text in the browser only until the server has it", async () => {
    const tag = server.tag("main.py");
    queue.edit("main.py", "typed");
    expect(keep.get("main.py")).toEqual({ text: "typed", etag: tag });
    await becomes("main.py", "saved");
    expect(keep.get("main.py")).toBeUndefined();
  });
});

describe("a server that does not store", () => {
  it("is asked again until it does", async () => {
    server.next = [503, 503];
    queue.edit("main.py", "typed");
    await becomes("main.py", "retrying");
    await becomes("main.py", "saved");
    expect(server.writes).toHaveLength(3);
  });

  it("is asked again at once when the connection is back", async () => {
    server.next = [503, 503, 503, 503, 503];
    queue.edit("main.py", "typed");
    await becomes("main.py", "retrying");
    server.next = [];
    queue.retryNow();
    await becomes("main.py", "saved");
  });

  it("says why it refuses, keeps the text, and is asked again at the next edit", async () => {
    server.next = [413];
    queue.edit("main.py", "too long");
    await becomes("main.py", "refused");
    expect(keep.get("main.py")?.text).toBe("too long");
    server.next = [413];
    await expect(queue.flush()).rejects.toThrow("Detail 413");
    queue.edit("main.py", "short");
    await becomes("main.py", "saved");
  });

  it("may have stored a text although its answer was lost", async () => {
    server.next = ["lose answer"];
    queue.edit("main.py", "typed");
    await becomes("main.py", "retrying");
    queue.edit("main.py", "typed more");
    await becomes("main.py", "saved");
    expect(server.files.get("main.py")).toBe("typed more");
  });
});

describe("a file that somebody else changed", () => {
  async function conflict(): Promise<void> {
    server.files.set("main.py", "theirs");
    queue.edit("main.py", "mine");
    await becomes("main.py", "conflict");
  }

  it("is not overwritten", async () => {
    await conflict();
    expect(draft("main.py").state).toEqual({ kind: "conflict", theirs: { etag: server.tag("main.py"), text: "theirs" } });
    await expect(queue.flush()).rejects.toThrow("Choose which text to keep");
    queue.edit("main.py", "mine, longer");
    expect(kind("main.py")).toBe("conflict");
    expect(server.files.get("main.py")).toBe("theirs");
  });

  it("gets this tab's text when the person keeps it", async () => {
    await conflict();
    await queue.keepMine("main.py");
    expect(server.files.get("main.py")).toBe("mine");
    expect(kind("main.py")).toBe("saved");
  });

  it("shows the other's text when the person takes it", async () => {
    await conflict();
    queue.useTheirs("main.py");
    expect(draft("main.py")).toMatchObject({ text: "theirs", state: { kind: "saved" } });
    expect(replaced).toEqual([["main.py", "theirs"]]);
    expect(keep.get("main.py")).toBeUndefined();
  });

  it("is no conflict when both typed the same", async () => {
    server.files.set("main.py", "same");
    queue.edit("main.py", "same");
    await becomes("main.py", "saved");
  });

  it("can be made again after it was deleted", async () => {
    server.files.delete("main.py");
    queue.edit("main.py", "mine");
    await becomes("main.py", "conflict");
    expect(draft("main.py").state).toEqual({ kind: "conflict", theirs: null });
    await queue.keepMine("main.py");
    expect(server.files.get("main.py")).toBe("mine");
  });

  it("is followed in place while it has no edits here", () => {
    queue.changedElsewhere("main.py", { etag: '"n"', text: "news" });
    expect(draft("main.py")).toMatchObject({ etag: '"n"', base: "news", text: "news" });
    expect(replaced).toEqual([["main.py", "news"]]);
    queue.changedElsewhere("main.py", null);
    expect(queue.get("main.py")).toBeUndefined();
  });

  it("is not followed while a refused text stands here", async () => {
    server.next = [413];
    queue.edit("main.py", "mine");
    await becomes("main.py", "refused");
    queue.changedElsewhere("main.py", { etag: '"n"', text: "news" });
    expect(draft("main.py")).toMatchObject({ text: "mine", state: { kind: "conflict" } });
    expect(replaced).toEqual([]);
  });
});

describe("a page that was closed too early", () => {
  beforeEach(() => {
    queue.edit("main.py", "typed at last");
    queue.stop();
    queue = makeQueue();
  });

  it("is made good by the next one", async () => {
    load("main.py");
    expect(draft("main.py").text).toBe("typed at last");
    await becomes("main.py", "saved");
    expect(server.files.get("main.py")).toBe("typed at last");
  });

  it("is asked about when the file has changed since", () => {
    server.files.set("main.py", "theirs");
    load("main.py");
    expect(draft("main.py")).toMatchObject({ text: "typed at last", state: { kind: "conflict", theirs: { text: "theirs" } } });
  });

  it("is asked about when the file is gone", () => {
    queue.loadOrphan("main.py");
    expect(draft("main.py").state).toEqual({ kind: "conflict", theirs: null });
  });
});

it("takes along what was typed while a file got another path", async () => {
  queue.edit("main.py", "typed");
  server.files.set("app.py", "one");
  queue.rename("main.py", "app.py", server.tag("app.py"));
  expect(queue.get("main.py")).toBeUndefined();
  expect(keep.paths()).toEqual(["app.py"]);
  await becomes("app.py", "saved");
  expect(server.files.get("app.py")).toBe("typed");
});
