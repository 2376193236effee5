import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { EditorSession } from "@/editor/files/session";
import { useFiles } from "@/editor/files/store";
import { useProblemCounts } from "@/editor/problems/useProblemCounts";
import { recall, remember } from "@/lib/storage";
import { editor } from "@/state/editor";
import { treeActions, useNaming } from "./actions";
import { PathField } from "./PathField";
import { type Row, treeMove, treeRows } from "./tree";
import { indent, type Marks, TreeRow } from "./TreeRow";

const isPaths = (value: unknown): value is string[] => Array.isArray(value) && value.every((path) => typeof path === "string");

/** Which folders are closed, remembered for each app. */
function useClosed(app: string): [ReadonlySet<string>, (path: string, isClosed: boolean) => void] {
  const key = `closed.${app}`;
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => new Set(recall(key, isPaths, [])));
  const change = (path: string, isClosed: boolean): void => {
    const next = new Set(closed);
    if (isClosed) next.add(path);
    else next.delete(path);
    setClosed(next);
    remember(key, [...next]);
  };
  return [closed, change];
}

/** What stands beside a row; a closed folder stands for all inside it. */
function useMarks(): (row: Row) => Marks {
  const files = useFiles((state) => state.files);
  const counts = useProblemCounts();
  return (row) => {
    const isInside = (path: string): boolean => path === row.path || (row.kind === "folder" && !row.open && path.startsWith(`${row.path}/`));
    const inside = [...files].filter(([path]) => isInside(path));
    const sum = (kind: "errors" | "warnings"): number => inside.reduce((total, [path]) => total + (counts.get(path)?.[kind] ?? 0), 0);
    const isUnsaved = inside.some(([, state]) => !["saved", "waiting", "saving"].includes(state.kind));
    return { errors: sum("errors"), warnings: sum("warnings"), isUnsaved };
  };
}

/** The app's files. Arrows move, Enter opens, F2 renames, Delete deletes. */
export function FileTree({ session }: { session: EditorSession }) {
  const files = useFiles((state) => state.files);
  const active = useFiles((state) => state.active);
  const naming = useNaming((state) => state.naming);
  const [closed, setClosed] = useClosed(session.app);
  const [focused, setFocused] = useState<string | null>(null);
  const marksOf = useMarks();
  const tree = useRef<HTMLDivElement>(null);
  const paths = useMemo(() => [...files.keys()], [files]);
  const rows = useMemo(() => treeRows(paths, closed), [paths, closed]);
  const stop = rows.some(({ path }) => path === focused) ? focused : rows.some(({ path }) => path === active) ? active : rows[0]?.path;

  const focusRow = (path: string | undefined): void => {
    if (path === undefined) return;
    setFocused(path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
  };
  const open = (row: Row): void => {
    if (row.kind === "folder") setClosed(row.path, row.open);
    else editor.open({ path: row.path });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex(({ path }) => path === stop);
    const row = rows[at];
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = treeMove(rows, at, event.key);
    if (move !== null && "focus" in move) focusRow(rows[move.focus]?.path);
    else if (move !== null && "open" in move) setClosed(move.open, false);
    else if (move !== null) setClosed(move.close, true);
    else if (event.key === "Enter" || event.key === " ") open(row);
    else if (event.key === "F2" && row.kind === "file") treeActions.rename(row.path);
    else if (event.key === "Delete" && row.kind === "file") void session.remove(row.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const endNaming = (isBack: boolean): void => {
    treeActions.stop();
    if (isBack) requestAnimationFrame(() => focusRow(stop ?? undefined));
  };

  return (
    <div ref={tree} role="tree" aria-label="Files" onKeyDown={onKeyDown}>
      {rows.map((row) =>
        naming?.kind === "rename" && naming.path === row.path && row.kind === "file" ? (
          <div key={row.path} style={indent(row.depth)}>
            <PathField
              label={`New path of ${row.path}`}
              initial={row.path}
              others={paths.filter((path) => path !== row.path)}
              onSubmit={(path) => session.rename(row.path, path)}
              onClose={endNaming}
            />
          </div>
        ) : (
          <TreeRow
            key={row.path}
            row={row}
            session={session}
            marks={marksOf(row)}
            isActive={row.path === active}
            isFocusable={row.path === stop}
            onFocus={() => setFocused(row.path)}
            onOpen={() => open(row)}
          />
        ),
      )}
      {naming?.kind === "add" && (
        <div style={indent(0)}>
          <PathField
            key={naming.folder}
            label="Path of the new file"
            initial={naming.folder === "" ? "" : `${naming.folder}/`}
            others={paths}
            onSubmit={(path) => session.create(path)}
            onClose={endNaming}
          />
        </div>
      )}
    </div>
  );
}
