import { create } from "zustand";
import type { Diagnostic } from "@/api/types";
import { useWorkspace } from "./workspace";

export type SaveState = "saved" | "saving" | "unsaved" | "conflict" | "offline";

/** A place in a file; `line` and `column` count from 1. */
export interface Place {
  path: string;
  line?: number;
  column?: number;
}

interface EditorState {
  /** The latest wish to show a place; the editor follows it. */
  wish: { seq: number; place: Place } | null;
  /** What the editor tells the rest of the workspace. */
  activePath: string | null;
  cursor: { line: number; column: number } | null;
  save: SaveState;
  /** Which file is not saved and why, where one is not. */
  saveReason: string | null;
  language: string | null;
  diagnostics: readonly Diagnostic[];
}

export const useEditor = create<EditorState>(() => ({
  wish: null,
  activePath: null,
  cursor: null,
  save: "saved",
  saveReason: null,
  language: null,
  diagnostics: [],
}));

let seq = 0;
let flush: () => Promise<void> = () => Promise.resolve();

export const editor = {
  /** Shows a place and moves the focus into the text. */
  open(place: Place): void {
    useWorkspace.setState({ narrowTab: "code" });
    useEditor.setState({ wish: { seq: ++seq, place } });
  },
  /** Shows the line of a traceback's frame; only frames of the app's own files (`user`) have one here. */
  openFrame(path: string, line: number): void {
    editor.open({ path, line });
  },
  /** The editor registers how its drafts are stored; gives the function that takes it back. */
  onFlush(store: () => Promise<void>): () => void {
    flush = store;
    return () => {
      flush = () => Promise.resolve();
    };
  },
  /** Stores every draft, so that what runs is what is on the screen. Throws when that fails. */
  flush: (): Promise<void> => flush(),
};
