import { create } from "zustand";
import { recall, remember } from "@/lib/storage";
import { dropFilesExcept } from "./files";
import { type Draft, emptyDraft, type FileRef, rowId } from "./model";

export type RequestTab = "params" | "headers" | "body" | "saved";

/** A request that was given a name, kept in this browser. */
export interface Saved {
  id: string;
  name: string;
  draft: Draft;
}

interface Drafts {
  app: string | null;
  draft: Draft;
  tab: RequestTab;
  saved: readonly Saved[];
  /** Something that has to be put right before the request can be sent. */
  complaint: { message: string; param: string | null } | null;
}

export const useDraft = create<Drafts>(() => ({ app: null, draft: emptyDraft(), tab: "params", saved: [], complaint: null }));

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isDraft(value: unknown): value is Draft {
  if (!isRecord(value) || typeof value["method"] !== "string" || typeof value["path"] !== "string") return false;
  const body = value["body"];
  return (
    isRecord(value["params"]) &&
    Array.isArray(value["query"]) &&
    Array.isArray(value["headers"]) &&
    isRecord(body) &&
    Array.isArray(body["form"]) &&
    Array.isArray(body["parts"])
  );
}

const isSavedList = (value: unknown): value is Saved[] => Array.isArray(value) && value.every((one) => isRecord(one) && isDraft(one["draft"]));
const isTab = (value: unknown): value is RequestTab => ["params", "headers", "body", "saved"].includes(value as string);

const draftKey = (app: string): string => `draft.${app}`;
const tabKey = (app: string): string => `draft-tab.${app}`;
const savedKey = (app: string): string => `saved.${app}`;
/** Under which name an app's requests were kept last, so that they follow it when it is renamed. */
const nameKey = (id: string): string => `requests-of.${id}`;

const WRITE_AFTER_MS = 200;
let writing: ReturnType<typeof setTimeout> | undefined;

function write(): void {
  clearTimeout(writing);
  writing = undefined;
  const { app, draft, tab } = useDraft.getState();
  if (app === null) return;
  remember(draftKey(app), draft);
  remember(tabKey(app), tab);
}

function filesOf(draft: Draft): FileRef[] {
  return [draft.body.file, ...draft.body.parts.map((part) => part.file)].filter((file) => file !== null);
}

/** Shows what this browser keeps for an app. Gives the function that ends it. */
export function openDraft(app: string): () => void {
  const saved = recall(savedKey(app), isSavedList, []);
  const draft = recall<Draft>(draftKey(app), isDraft, emptyDraft());
  useDraft.setState({ app, draft, tab: recall(tabKey(app), isTab, "params"), saved, complaint: null });
  window.addEventListener("pagehide", write);
  return () => {
    window.removeEventListener("pagehide", write);
    write();
  };
}

/** Takes over what was kept under an app's former name. */
export function followRename(id: string, name: string): void {
  const former = recall(nameKey(id), (value): value is string => typeof value === "string", name);
  remember(nameKey(id), name);
  if (former === name) return;
  for (const key of [draftKey, tabKey, savedKey]) {
    const value = recall(key(former), (kept): kept is object => kept !== null, null);
    if (value !== null) remember(key(name), value);
    localStorage.removeItem(`podium.${key(former)}`);
  }
  if (useDraft.getState().app === name) openDraft(name);
}

function schedule(): void {
  writing ??= setTimeout(write, WRITE_AFTER_MS);
}

export const drafts = {
  edit(change: (draft: Draft) => Draft): void {
    useDraft.setState(({ draft }) => ({ draft: change(draft), complaint: null }));
    schedule();
  },
  replace(draft: Draft, tab?: RequestTab): void {
    useDraft.setState((state) => ({ draft, tab: tab ?? state.tab, complaint: null }));
    schedule();
  },
  showTab(tab: RequestTab): void {
    useDraft.setState({ tab });
    schedule();
  },
  complain(message: string, tab: RequestTab | null, param: string | null): void {
    useDraft.setState((state) => ({ complaint: { message, param }, tab: tab ?? state.tab }));
  },
  save(name: string): void {
    changeSaved((saved) => [...saved, { id: rowId(), name, draft: structuredClone(useDraft.getState().draft) }]);
  },
  rename(id: string, name: string): void {
    changeSaved((saved) => saved.map((one) => (one.id === id ? { ...one, name } : one)));
  },
  update(id: string): void {
    changeSaved((saved) => saved.map((one) => (one.id === id ? { ...one, draft: structuredClone(useDraft.getState().draft) } : one)));
  },
  /** Takes a saved request away; gives the function that puts it back. */
  remove(id: string): () => void {
    const before = useDraft.getState().saved;
    changeSaved((saved) => saved.filter((one) => one.id !== id));
    return () => changeSaved(() => before);
  },
};

function changeSaved(change: (saved: readonly Saved[]) => readonly Saved[]): void {
  const { app } = useDraft.getState();
  useDraft.setState(({ saved }) => ({ saved: change(saved) }));
  if (app !== null) remember(savedKey(app), useDraft.getState().saved);
}

/** Frees the space of files that nothing in this browser names any more. */
export function dropUnusedFiles(): void {
  const keys = new Set<string>();
  for (let index = 0; index < localStorage.length; index++) {
    const key = localStorage.key(index)?.replace(/^podium\./, "") ?? "";
    if (key.startsWith("draft.")) addFiles(keys, [recall<Draft>(key, isDraft, emptyDraft())]);
    if (key.startsWith("saved.")) addFiles(keys, recall(key, isSavedList, []).map((one) => one.draft));
  }
  addFiles(keys, [useDraft.getState().draft]);
  void dropFilesExcept(keys);
}

function addFiles(keys: Set<string>, list: readonly Draft[]): void {
  for (const file of list.flatMap(filesOf)) keys.add(file.key);
}
