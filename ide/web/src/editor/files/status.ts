import type { SaveState } from "@/state/editor";
import type { DraftState } from "./draft";

const RANK = { conflict: 5, refused: 4, retrying: 3, saving: 2, waiting: 1, saved: 0 } as const;
const WORDS: Record<DraftState["kind"], SaveState> = {
  conflict: "conflict",
  refused: "unsaved",
  retrying: "offline",
  saving: "saving",
  waiting: "saving",
  saved: "saved",
};

/** What the status bar says of all drafts: the worst of them, and the reason where one is not saved. */
export function summary(states: ReadonlyMap<string, DraftState>): { save: SaveState; saveReason: string | null } {
  let worst: [path: string, state: DraftState] | null = null;
  for (const [path, state] of states) {
    if (worst === null || RANK[state.kind] > RANK[worst[1].kind]) worst = [path, state];
  }
  if (worst === null) return { save: "saved", saveReason: null };
  const [path, state] = worst;
  return { save: WORDS[state.kind], saveReason: reason(path, state) };
}

function reason(path: string, state: DraftState): string | null {
  switch (state.kind) {
    case "conflict":
      return state.theirs === null ? `${path} was deleted in another tab` : `${path} was changed in another tab`;
    case "refused":
    case "retrying":
      return `${path}: ${state.problem.title}`;
    case "saved":
    case "saving":
    case "waiting":
      return null;
  }
}
