import { X } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import type { DraftState } from "@/editor/files/draft";
import { baseName, folderOf, isLibrary } from "@/editor/files/paths";
import type { EditorSession } from "@/editor/files/session";
import { useFiles } from "@/editor/files/store";
import { useProblemCounts } from "@/editor/problems/useProblemCounts";
import { cx } from "@/lib/cx";
import { editor } from "@/state/editor";

/** Folders are named where two tabs would look the same. */
export function labelOf(tab: string, tabs: readonly string[]): { name: string; folder: string | null } {
  const name = baseName(tab);
  const hasTwin = tabs.some((other) => other !== tab && baseName(other) === name);
  return { name, folder: hasTwin || isLibrary(tab) ? baseName(folderOf(tab)) || null : null };
}

const WORDS: Record<DraftState["kind"], string> = {
  saved: "",
  waiting: "saving",
  saving: "saving",
  retrying: "not saved yet",
  refused: "not saved",
  conflict: "changed in another tab",
};

/** The dot that stands where the cross is, until the text is stored. */
function SaveDot({ kind }: { kind: DraftState["kind"] }) {
  const color = kind === "refused" || kind === "conflict" ? "bg-failed" : kind === "retrying" ? "bg-starting" : "bg-text";
  return <span aria-hidden className={cx("size-2 rounded-full group-hover:hidden", color)} />;
}

function EditorTab({ tab, session }: { tab: string; session: EditorSession }) {
  const tabs = useFiles((state) => state.tabs);
  const isActive = useFiles((state) => state.active === tab);
  const kind = useFiles((state) => state.files.get(tab)?.kind ?? "saved");
  const errors = useProblemCounts().get(tab)?.errors ?? 0;
  const ref = useRef<HTMLDivElement>(null);
  const { name, folder } = labelOf(tab, tabs);
  useEffect(() => {
    if (isActive) ref.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isActive]);
  const onMiddle = (event: MouseEvent): void => {
    if (event.button !== 1) return;
    event.preventDefault();
    session.close(tab);
  };
  return (
    <div
      ref={ref}
      role="tab"
      aria-selected={isActive}
      aria-label={[tab, WORDS[kind], errors > 0 ? "has errors" : ""].filter((part) => part !== "").join(", ")}
      tabIndex={isActive ? 0 : -1}
      title={tab}
      onMouseDown={(event) => {
        // A middle press would otherwise start the browser's scrolling.
        if (event.button === 1) event.preventDefault();
      }}
      onAuxClick={onMiddle}
      onClick={() => editor.open({ path: tab })}
      className={cx(
        "group relative flex h-full shrink-0 items-center gap-2 border-r border-line pr-1.5 pl-3 select-none",
        isActive ? "bg-bg text-text after:absolute after:inset-x-0 after:-bottom-px after:h-px after:bg-bg" : "text-muted hover:text-text",
      )}
    >
      <span className={cx("max-w-48 truncate", errors > 0 && "text-failed", isLibrary(tab) && "italic")}>{name}</span>
      {folder !== null && <span className="max-w-24 truncate text-small text-faint">{folder}</span>}
      <span className="inline-flex size-5 items-center justify-center">
        {kind !== "saved" && <SaveDot kind={kind} />}
        <span
          aria-hidden
          onClick={(event) => {
            event.stopPropagation();
            session.close(tab);
          }}
          className={cx(
            "size-5 items-center justify-center rounded-[4px] text-faint hover:bg-active hover:text-text",
            kind === "saved" ? (isActive ? "inline-flex" : "inline-flex opacity-0 group-hover:opacity-100") : "hidden group-hover:inline-flex",
          )}
        >
          <X size={14} />
        </span>
      </span>
    </div>
  );
}

/** The open files. Arrows move along them, Delete closes one; the close key works everywhere. */
export function TabBar({ session }: { session: EditorSession }) {
  const tabs = useFiles((state) => state.tabs);
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const { active } = useFiles.getState();
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => session.step(1),
      ArrowLeft: () => session.step(-1),
      Home: () => tabs[0] !== undefined && session.show(tabs[0]),
      End: () => tabs.at(-1) !== undefined && session.show(tabs.at(-1) ?? ""),
      Delete: () => active !== null && session.close(active),
      Enter: () => active !== null && editor.open({ path: active }),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
    if (event.key === "Enter") return;
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };
  return (
    <div className="h-(--height-tabs) shrink-0 border-b border-line bg-raised">
      <div
        ref={list}
        role="tablist"
        aria-label="Open files"
        onKeyDown={onKeyDown}
        onWheel={(event) => {
          if (event.deltaX === 0) event.currentTarget.scrollLeft += event.deltaY;
        }}
        className="flex h-[calc(100%+1px)] overflow-x-auto overflow-y-hidden [scrollbar-width:none]"
      >
        {tabs.map((tab) => (
          <EditorTab key={tab} tab={tab} session={session} />
        ))}
      </div>
    </div>
  );
}
