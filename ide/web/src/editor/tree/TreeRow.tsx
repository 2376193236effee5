import { ChevronRight, FilePlus, Pencil, Trash2 } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import type { EditorSession } from "@/editor/files/session";
import { cx } from "@/lib/cx";
import { count } from "@/lib/format";
import { IconButton } from "@/ui";
import { treeActions } from "./actions";
import type { Row } from "./tree";

export interface Marks {
  errors: number;
  warnings: number;
  isUnsaved: boolean;
}

interface TreeRowProps {
  row: Row;
  session: EditorSession;
  marks: Marks;
  isActive: boolean;
  isFocusable: boolean;
  onFocus: () => void;
  onOpen: () => void;
}

/** The indent of a row: the chevron's column and one step for each folder around it. */
export const indent = (depth: number): { paddingLeft: number } => ({ paddingLeft: 12 + depth * 12 });

function Counts({ marks: { errors, warnings, isUnsaved } }: { marks: Marks }) {
  return (
    <span className="flex shrink-0 items-center gap-1.5 pr-2 tabular text-small group-focus-within/row:hidden group-hover/row:hidden">
      {isUnsaved && <span title="Not saved yet" className="size-1.5 rounded-full bg-text" />}
      {errors > 0 && (
        <span title={count(errors, "error")} className="text-failed">
          {errors}
        </span>
      )}
      {errors === 0 && warnings > 0 && (
        <span title={count(warnings, "warning")} className="text-starting">
          {warnings}
        </span>
      )}
    </span>
  );
}

function Actions({ children }: { children: ReactNode }) {
  return (
    <span
      className="hidden shrink-0 pr-1 group-focus-within/row:flex group-hover/row:flex"
      onClick={(event: MouseEvent) => event.stopPropagation()}
    >
      {children}
    </span>
  );
}

const ACTION = "size-6";

/** One file or folder. What can be done with it appears where the pointer or the focus is. */
export function TreeRow({ row, session, marks, isActive, isFocusable, onFocus, onOpen }: TreeRowProps) {
  const isFolder = row.kind === "folder";
  return (
    <div
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={isActive}
      {...(isFolder && { "aria-expanded": row.open })}
      aria-label={[row.name, marks.errors > 0 ? count(marks.errors, "error") : "", marks.isUnsaved ? "not saved yet" : ""].filter((part) => part !== "").join(", ")}
      data-path={row.path}
      tabIndex={isFocusable ? 0 : -1}
      title={row.path}
      onFocus={onFocus}
      onClick={onOpen}
      style={indent(row.depth)}
      className={cx(
        "group/row flex h-7 items-center gap-1 select-none",
        isActive ? "bg-active text-text" : "text-muted hover:bg-hover hover:text-text",
      )}
    >
      <span className="inline-flex w-4 shrink-0 justify-center">
        {isFolder && <ChevronRight size={12} aria-hidden className={cx("text-faint transition-transform", row.open && "rotate-90")} />}
      </span>
      <span className={cx("min-w-0 flex-1 truncate", marks.errors > 0 && "text-failed")}>{row.name}</span>
      <Counts marks={marks} />
      <Actions>
        {isFolder ? (
          <IconButton icon={FilePlus} tabIndex={-1} label={`Add a file in ${row.name}`} className={ACTION} onClick={() => treeActions.addIn(row.path)} />
        ) : (
          <>
            <IconButton icon={Pencil} tabIndex={-1} label={`Rename ${row.name}`} keys="F2" className={ACTION} onClick={() => treeActions.rename(row.path)} />
            <IconButton icon={Trash2} tabIndex={-1} label={`Delete ${row.name}`} keys="Delete" className={ACTION} onClick={() => void session.remove(row.path)} />
          </>
        )}
      </Actions>
    </div>
  );
}
