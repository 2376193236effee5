import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { copyText } from "@/lib/clipboard";
import { type RowsHandle, VirtualRows } from "@/output/VirtualRows";
import { JsonRow } from "./JsonRow";
import { at, type JsonTable } from "./table";
import { firstFolds, isContainer, reveal, toggleFold, valueOf, visibleRows } from "./tree";

export interface JsonTreeProps {
  table: JsonTable;
  text: string;
  wrap: boolean;
  /** The nodes that a search found, in order. */
  found: readonly number[];
  current: number | null;
  onCurrent: (node: number | null) => void;
}

/** A jump over more rows than this lands in the middle of the view, where what is around it can be seen too. */
const FAR = 20;

/** Where a node stands among the rows; the rows' indices rise, closing rows apart. */
function rowOf(rows: Int32Array, node: number): number {
  return rows.indexOf(node);
}

/** A JSON value as a tree that folds, is walked with the arrow keys and draws only what can be seen. */
export function JsonTree({ table, text, wrap, found, current, onCurrent }: JsonTreeProps) {
  const id = useId();
  const handle = useRef<RowsHandle>(null);
  const [folds, setFolds] = useState(() => firstFolds(table));
  const [shown, setShown] = useState(current);
  const foundSet = useMemo(() => new Set(found), [found]);
  if (current !== shown) {
    setShown(current);
    if (current !== null && current >= 0) setFolds(reveal(table, folds, current));
  }
  const { rows, cut } = useMemo(() => visibleRows(table, folds), [table, folds]);
  const index = current === null ? -1 : rowOf(rows, current);
  const toggle = (node: number): void => setFolds((now) => toggleFold(now, node));
  // A row that was chosen comes into sight once; folding what is around it does not pull it back.
  const seen = useRef(current);
  useEffect(() => {
    if (seen.current === current || index < 0) return;
    const before = seen.current === null ? -1 : rows.indexOf(seen.current);
    seen.current = current;
    handle.current?.scrollTo(index, Math.abs(index - before) > FAR ? "center" : "auto");
  }, [current, index, rows]);
  const go = (next: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, next))];
    if (row !== undefined) onCurrent(row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = moves(event, table, folds, rows, index, handle.current?.element()?.clientHeight ?? 400);
    if (move === null) {
      if (isCopy(event) && current !== null) void copyText(valueOf(table, text, current < 0 ? ~current : current), "Value");
      return;
    }
    event.preventDefault();
    if (move.toggle !== undefined) toggle(move.toggle);
    else if (move.to !== undefined) go(move.to);
  };
  return (
    <VirtualRows
      handle={handle}
      role="tree"
      aria-label="JSON"
      aria-activedescendant={index >= 0 ? `${id}${rows[index] ?? 0}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="py-1"
      count={rows.length + (cut ? 1 : 0)}
      keyOf={(position) => rows[position] ?? "cut"}
      wrap={wrap}
      sideways={!wrap}
      row={(position) => {
        const row = rows[position];
        if (row === undefined) return <p className="px-3 text-muted">More rows than a page can show follow. Fold what is above, search, or download the body.</p>;
        return (
          <JsonRow
            id={`${id}${row}`}
            table={table}
            text={text}
            row={row}
            isFolded={row >= 0 && at(folds, row) === 1}
            isCurrent={row === current}
            isFound={foundSet.has(row)}
            wrap={wrap}
            onToggle={toggle}
            onChoose={onCurrent}
          />
        );
      }}
    />
  );
}

const isCopy = (event: KeyboardEvent): boolean =>
  event.key.toLowerCase() === "c" && (event.ctrlKey || event.metaKey) && (getSelection()?.isCollapsed ?? true);

interface Move {
  to?: number;
  toggle?: number;
}

/** What a key means in the tree (the keys of the ARIA tree pattern). */
function moves(event: KeyboardEvent, table: JsonTable, folds: Uint8Array, rows: Int32Array, index: number, height: number): Move | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const row = rows[index];
  const node = row === undefined ? -1 : row < 0 ? ~row : row;
  const canFold = row !== undefined && row >= 0 && isContainer(table, node) && at(table.count, node) > 0;
  const isFolded = canFold && at(folds, node) === 1;
  switch (event.key) {
    case "ArrowDown":
      return { to: index + 1 };
    case "ArrowUp":
      return { to: Math.max(0, index - 1) };
    case "PageDown":
      return { to: index + Math.floor(height / 20) };
    case "PageUp":
      return { to: index - Math.floor(height / 20) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: rows.length - 1 };
    case "Enter":
    case " ":
      return canFold ? { toggle: node } : null;
    case "ArrowRight":
      return isFolded ? { toggle: node } : { to: index + 1 };
    case "ArrowLeft":
      return canFold && !isFolded ? { toggle: node } : { to: Math.max(0, rowOf(rows, at(table.parent, node))) };
    default:
      return null;
  }
}
