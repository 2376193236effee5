import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { cx } from "@/lib/cx";
import { bytes, count } from "@/lib/format";
import { TOKEN_COLOR } from "./highlight";
import { at, type JsonTable, Kind } from "./table";
import { isContainer, keyOf } from "./tree";

/** Characters of one value that a row shows; more of it would stop the page. */
const MAX_SHOWN = 5_000;

export interface JsonRowProps {
  table: JsonTable;
  text: string;
  /** A node's index, or its complement for the row that closes it. */
  row: number;
  isFolded: boolean;
  isCurrent: boolean;
  isFound: boolean;
  wrap: boolean;
  id: string;
  onToggle: (node: number) => void;
  onChoose: (row: number) => void;
}

const bracket = (table: JsonTable, node: number): readonly [string, string] => (at(table.kind, node) === Kind.object ? ["{", "}"] : ["[", "]"]);

function Scalar({ table, text, node }: Pick<JsonRowProps, "table" | "text"> & { node: number }) {
  const raw = text.slice(at(table.start, node), Math.min(at(table.end, node), at(table.start, node) + MAX_SHOWN));
  const length = at(table.end, node) - at(table.start, node);
  const kind = at(table.kind, node);
  const color = TOKEN_COLOR[kind === Kind.string ? "string" : kind === Kind.number ? "number" : "literal"];
  return (
    <>
      <span className={color}>{raw}</span>
      {length > MAX_SHOWN && <span className="text-faint"> … {bytes(length)} in all</span>}
    </>
  );
}

function Container({ table, node, isFolded }: { table: JsonTable; node: number; isFolded: boolean }) {
  const [open, close] = bracket(table, node);
  const size = at(table.count, node);
  if (size === 0) return <span className="text-muted">{open + close}</span>;
  if (!isFolded) return <span className="text-muted">{open}</span>;
  return (
    <span className="text-muted">
      {open} <span className="font-sans text-small text-faint">{count(size, open === "{" ? "member" : "item")}</span> {close}
    </span>
  );
}

/** One row of a JSON tree. */
export const JsonRow = memo(function JsonRow(props: JsonRowProps) {
  const { table, text, row, isFolded, isCurrent, isFound, wrap, id, onToggle, onChoose } = props;
  const isCloser = row < 0;
  const node = isCloser ? ~row : row;
  const depth = at(table.depth, node);
  const key = isCloser ? null : keyOf(table, text, node);
  const folds = !isCloser && isContainer(table, node) && at(table.count, node) > 0;
  const Chevron = isFolded ? ChevronRight : ChevronDown;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isCurrent}
      aria-expanded={folds ? !isFolded : undefined}
      onMouseDown={() => onChoose(row)}
      className={cx(
        "flex min-h-5 pr-3 font-mono text-code leading-5 [font-variant-ligatures:none]",
        isCurrent ? "bg-active" : isFound ? "bg-selection" : "hover:bg-hover",
        wrap ? "[overflow-wrap:anywhere] whitespace-pre-wrap" : "whitespace-pre",
      )}
      style={{ paddingLeft: 6 + depth * 16 }}
    >
      <span className="flex h-5 w-4.5 shrink-0 items-center">
        {folds && (
          <span aria-hidden onClick={() => onToggle(node)} className="inline-flex size-4 items-center justify-center rounded-[3px] text-faint hover:bg-active hover:text-text">
            <Chevron size={12} />
          </span>
        )}
      </span>
      <span className="min-w-0">
        {key !== null && (
          <>
            <span className={TOKEN_COLOR.key}>{JSON.stringify(key)}</span>
            <span className="text-muted">: </span>
          </>
        )}
        {isCloser ? (
          <span className="text-muted">{bracket(table, node)[1]}</span>
        ) : isContainer(table, node) ? (
          <Container table={table} node={node} isFolded={isFolded} />
        ) : (
          <Scalar table={table} text={text} node={node} />
        )}
      </span>
    </div>
  );
});
