import { memo } from "react";
import { cx } from "@/lib/cx";
import { type Cell, type CellState, isUnderWay } from "./reducer";
import { Outputs } from "./Outputs";

const NOTES: Partial<Record<CellState, string>> = {
  aborted: "Not run, because the code before it failed.",
  lost: "The connection to the kernel was lost while this ran; what it wrote since is not here.",
};

/** The place beside code and prompt that has the number of an execution. */
export function Gutter({ children, isBusy = false }: { children: string; isBusy?: boolean }) {
  return <span className={cx("tabular w-12 shrink-0 pr-2 text-right font-mono text-small leading-5 text-faint select-none", isBusy && "pulse-slow text-starting")}>{children}</span>;
}

/** One piece of code with its outputs. */
export const CellView = memo(function CellView({ cell, files }: { cell: Cell; files: readonly string[] }) {
  if (cell.state === "divider") {
    return <li className="my-1.5 border-t border-line px-3 pt-1.5 text-small text-faint">A new kernel starts here; the variables of the former one are gone.</li>;
  }
  const isBusy = isUnderWay(cell);
  const note = NOTES[cell.state];
  return (
    <li className="py-1.5">
      <div className="flex pr-3">
        <Gutter isBusy={isBusy}>{isBusy ? "[*]" : cell.count === null ? "[ ]" : `[${cell.count}]`}</Gutter>
        <pre className="min-w-0 flex-1 font-mono text-code [font-variant-ligatures:none] [overflow-wrap:anywhere] whitespace-pre-wrap text-muted">{cell.code.trimEnd()}</pre>
      </div>
      {(cell.outputs.length > 0 || note !== undefined) && (
        <div className="flex flex-col gap-1 pt-1 pr-3 pl-12">
          <Outputs outputs={cell.outputs} files={files} />
          {note !== undefined && <p className="text-small text-starting">{note}</p>}
        </div>
      )}
    </li>
  );
});
