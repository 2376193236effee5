import { useEffect } from "react";
import { create } from "zustand";
import { isTyping, matches } from "./keys";

export interface Command {
  /** `area.verb`, for example `run.start`. */
  id: string;
  /** A sentence-case verb phrase, as it stands in the palette. */
  title: string;
  group: "Run" | "Request" | "View" | "Go to" | "File" | "Editor" | "App" | "Help";
  /** One chord, or several that do the same; the first is shown. */
  keys?: string | readonly string[];
  /** A chord that is only shown: the editor takes it itself while it has the focus. */
  shownKeys?: string;
  /** Other words that people would search it by. */
  keywords?: readonly string[];
  /** False hides it from the palette and lets its key pass. */
  enabled?: () => boolean;
  run: () => void;
}

interface Registry {
  commands: ReadonlyMap<string, Command>;
}

export const useCommands = create<Registry>(() => ({ commands: new Map() }));

/** Adds commands, replacing those with the same id; gives the function that takes them away again. */
export function registerCommands(commands: readonly Command[]): () => void {
  useCommands.setState((state) => {
    const next = new Map(state.commands);
    for (const command of commands) next.set(command.id, command);
    return { commands: next };
  });
  return () =>
    useCommands.setState((state) => {
      const next = new Map(state.commands);
      for (const command of commands) if (next.get(command.id) === command) next.delete(command.id);
      return { commands: next };
    });
}

/** Registers commands while a component is mounted; keep the list's identity stable (module constant or `useMemo`). */
export function useRegisterCommands(commands: readonly Command[]): void {
  useEffect(() => registerCommands(commands), [commands]);
}

const GROUPS: readonly Command["group"][] = ["Run", "Request", "Go to", "File", "Editor", "App", "View", "Help"];

/** The commands in the groups' order, without empty groups. */
export function grouped(commands: readonly Command[]): [Command["group"], Command[]][] {
  return GROUPS.map((group): [Command["group"], Command[]] => [group, commands.filter((command) => command.group === group)]).filter(
    ([, members]) => members.length > 0,
  );
}

export const isEnabled = (command: Command): boolean => command.enabled?.() ?? true;

const chords = (command: Command): readonly string[] =>
  typeof command.keys === "string" ? [command.keys] : (command.keys ?? []);

export const firstKey = (command: Command): string | undefined => chords(command)[0] ?? command.shownKeys;

/** Runs a command by id, if it is there and enabled. */
export function runCommand(id: string): void {
  const command = useCommands.getState().commands.get(id);
  if (command !== undefined && isEnabled(command)) command.run();
}

const isPlain = (chord: string): boolean => !/Mod|Alt|\bF\d/.test(chord);

/** The command that a key press means. Keys that people type are left to text fields, and all keys to an open dialog. */
export function commandFor(event: KeyboardEvent): Command | undefined {
  if (document.querySelector("[data-modal]") !== null) return undefined;
  const typing = isTyping(event.target);
  for (const command of useCommands.getState().commands.values()) {
    for (const chord of chords(command)) {
      if (matches(event, chord) && !(typing && isPlain(chord)) && isEnabled(command)) return command;
    }
  }
  return undefined;
}

/** Listens for every command's key, ahead of the editor and of the browser. */
export function useCommandKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const command = commandFor(event);
      if (command === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      command.run();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}
