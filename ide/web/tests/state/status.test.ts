// @vitest-environment node
import { expect, it } from "vitest";
import type { Run } from "@/api/types";
import { liveStatus, runStatus } from "@/state/status";

const run = (more: Partial<Run>): Run => ({ state: "running", exit: null, failure: null, diagnostics: [], ...more }) as Run;

it("says that a failed reload left the previous version serving", () => {
  const kept = "failed · still serving the previous version";
  expect(runStatus(run({ failure: { kind: "import", message: "No module" } as Run["failure"] })).word).toBe(kept);
  expect(runStatus(run({ diagnostics: [{ severity: "error" }] as Run["diagnostics"] })).word).toBe(kept);
  expect(runStatus(run({ diagnostics: [{ severity: "warning" }] as Run["diagnostics"] })).word).toBe("running");
  expect(runStatus(run({ state: "failed" })).word).toBe("failed");
});

it("calls a kernel that ended because nobody used it sleeping", () => {
  const exit = { reason: "idle", message: "", hint: "", code: null, signal: null, output: "" } as const;
  expect(runStatus(run({ state: "stopped", exit })).status).toBe("sleeping");
});

it("puts the lost connection before what the page last knew", () => {
  expect(liveStatus(run({}), "open")?.status).toBe("running");
  expect(liveStatus(run({}), "reconnecting")).toEqual({ status: "disconnected", word: "Reconnecting… your edits are kept" });
  expect(liveStatus(run({}), "offline")?.status).toBe("disconnected");
  expect(liveStatus(null, "connecting")).toBeNull();
});
