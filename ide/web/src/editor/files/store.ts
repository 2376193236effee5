import { create } from "zustand";
import type { ApiProblem } from "@/api/problem";
import type { DraftState } from "./draft";

/** What the screen shows of an app's files; the texts themselves are in the session's drafts. */
export interface Files {
  app: string | null;
  status: "loading" | "ready" | "failed";
  problem: ApiProblem | null;
  /** Every file's state by its path, sorted by path. */
  files: ReadonlyMap<string, DraftState>;
  /** Open tabs from left to right: paths of files, and `library:` addresses of library sources. */
  tabs: readonly string[];
  active: string | null;
  /** The file whose two texts are shown side by side. */
  comparing: string | null;
  /** The failure of a Run (its key) whose strip and mark the person has closed. */
  dismissed: string | null;
  /** Whether help from the language server is there; `away` has lasted long enough to say so. */
  language: "off" | "connecting" | "ready" | "away";
}

export const NO_FILES: Files = {
  app: null,
  status: "loading",
  problem: null,
  files: new Map(),
  tabs: [],
  active: null,
  comparing: null,
  dismissed: null,
  language: "off",
};

export const useFiles = create<Files>(() => NO_FILES);
