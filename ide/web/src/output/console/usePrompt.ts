import { type KeyboardEvent, type RefObject, useState } from "react";
import { type Completions, consoleActions, useConsole } from "./store";

export interface Prompt {
  code: string;
  change: (code: string) => void;
  completions: Completions | null;
  chosen: number;
  pick: (index: number) => void;
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  closeCompletions: () => void;
}

/** The longest beginning that all matches share. */
export function commonPrefix(matches: readonly string[]): string {
  const [first = "", ...others] = matches;
  let length = first.length;
  for (const match of others) while (!match.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/** Where in the history the prompt is: from the newest backwards, over what begins alike. */
export function olderEntry(history: readonly string[], from: number, start: string): number {
  for (let index = from - 1; index >= 0; index--) if (history[index]?.startsWith(start) === true) return index;
  return -1;
}

function newerEntry(history: readonly string[], from: number, start: string): number {
  for (let index = from + 1; index < history.length; index++) if (history[index]?.startsWith(start) === true) return index;
  return -1;
}

const isOnFirstLine = (field: HTMLTextAreaElement): boolean => !field.value.slice(0, field.selectionStart).includes("\n");
const isOnLastLine = (field: HTMLTextAreaElement): boolean => !field.value.slice(field.selectionEnd).includes("\n");

/** What is typed into the console: history, completion, and when Enter means *go* or *next line*. */
export function usePrompt(field: RefObject<HTMLTextAreaElement | null>): Prompt {
  const [code, setCode] = useState("");
  const [completions, setCompletions] = useState<Completions | null>(null);
  const [chosen, setChosen] = useState(0);
  /** The entry of the history that is shown, and what was typed before it. */
  const [recalled, setRecalled] = useState<{ index: number; typed: string } | null>(null);

  const place = (position: number): void => {
    requestAnimationFrame(() => field.current?.setSelectionRange(position, position));
  };
  const change = (next: string): void => {
    setCode(next);
    setCompletions(null);
    setRecalled(null);
  };
  const replace = (start: number, end: number, text: string): void => {
    change(code.slice(0, start) + text + code.slice(end));
    place(start + text.length);
  };
  const pick = (index: number): void => {
    const match = completions?.matches[index];
    if (completions !== null && match !== undefined) replace(completions.start, completions.end, match);
    field.current?.focus();
  };
  const complete = async (position: number): Promise<void> => {
    const found = await consoleActions.complete(code, position);
    if (field.current?.value !== code || found.matches.length === 0) return;
    const prefix = commonPrefix(found.matches);
    const typed = code.slice(found.start, found.end);
    if (found.matches.length === 1 || (prefix.length > typed.length && prefix.startsWith(typed))) replace(found.start, found.end, prefix);
    if (found.matches.length > 1) {
      setCompletions({ ...found, end: found.start + Math.max(prefix.length, typed.length) });
      setChosen(0);
    }
  };
  const run = async (): Promise<void> => {
    if (code.trim() === "") return;
    const indent = await consoleActions.incomplete(code);
    if (field.current?.value !== code) return;
    if (indent !== null) {
      replace(code.length, code.length, `\n${indent}`);
      return;
    }
    consoleActions.execute(code);
    change("");
  };
  const walk = (direction: -1 | 1): boolean => {
    const { history } = useConsole.getState();
    const typed = recalled?.typed ?? code;
    const from = recalled?.index ?? history.length;
    const index = direction === -1 ? olderEntry(history, from, typed) : newerEntry(history, from, typed);
    if (index < 0 && (direction === -1 || recalled === null)) return false;
    const text = index < 0 ? typed : (history[index] ?? "");
    setCode(text);
    setRecalled(index < 0 ? null : { index, typed });
    place(text.length);
    return true;
  };
  const inList = (key: string): boolean => {
    if (completions === null) return false;
    const { length } = completions.matches;
    if (key === "ArrowDown" || key === "Tab") setChosen((now) => (now + 1) % length);
    else if (key === "ArrowUp") setChosen((now) => (now - 1 + length) % length);
    else if (key === "Enter") pick(chosen);
    else if (key === "Escape") setCompletions(null);
    else return false;
    return true;
  };
  const inField = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    const target = event.currentTarget;
    if (event.shiftKey || event.altKey) return false;
    if (event.key === "Enter" && isOnLastLine(target)) void run();
    else if (event.key === "Tab" && /\S$/.test(code.slice(0, target.selectionStart))) void complete(target.selectionStart);
    else if (event.key === "ArrowUp" && isOnFirstLine(target)) return walk(-1);
    else if (event.key === "ArrowDown" && isOnLastLine(target)) return walk(1);
    else return false;
    return true;
  };
  return {
    code,
    change,
    completions,
    chosen,
    pick,
    closeCompletions: () => setCompletions(null),
    onKeyDown: (event) => {
      if (event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
      if (inList(event.key) || inField(event)) event.preventDefault();
    },
  };
}
