import { type KeyboardEvent, useRef } from "react";
import type { Diagnostic } from "@/api/types";
import { cx } from "@/lib/cx";
import { count } from "@/lib/format";
import { editor, useEditor } from "@/state/editor";
import { EmptyState } from "@/ui";
import { useFiles } from "./files/store";
import { groupProblems, type ProblemGroup } from "./problems/collect";

const LETTERS: Record<Diagnostic["severity"], { letter: string; color: string }> = {
  error: { letter: "E", color: "text-failed" },
  warning: { letter: "W", color: "text-starting" },
  information: { letter: "I", color: "text-accent" },
  hint: { letter: "H", color: "text-faint" },
};

function ProblemRow({ problem }: { problem: Diagnostic }) {
  const { path, range, severity, message, source, code } = problem;
  const { letter, color } = LETTERS[severity];
  const line = range.start.line + 1;
  const column = range.start.character + 1;
  return (
    <li>
      <button
        type="button"
        data-problem
        onClick={() => editor.open({ path, line, column })}
        className="flex min-h-7 w-full items-baseline gap-2.5 py-1 pr-3 pl-7 text-left hover:bg-hover"
      >
        <span aria-label={severity} className={cx("w-3 shrink-0 font-mono text-small font-medium", color)}>
          {letter}
        </span>
        <span className="min-w-0 flex-1 break-words">{message}</span>
        <span className="shrink-0 text-small text-faint max-[799px]:hidden">{[source, code].filter((part) => part !== "").join(" · ")}</span>
        <span className="w-14 shrink-0 text-right tabular text-small text-faint">
          {line}:{column}
        </span>
      </button>
    </li>
  );
}

function Group({ path, problems }: ProblemGroup) {
  return (
    <section aria-label={path}>
      <h3 className="sticky top-0 flex h-7 items-center gap-2 bg-bg px-4">
        <span className="truncate font-medium">{path}</span>
        <span className="tabular text-small text-faint">{problems.length}</span>
      </h3>
      <ul>
        {problems.map((problem, index) => (
          <ProblemRow key={index} problem={problem} />
        ))}
      </ul>
    </section>
  );
}

/** Moves the focus from problem to problem. */
function onArrow(list: HTMLElement | null, event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || list === null) return;
  const rows = [...list.querySelectorAll<HTMLElement>("[data-problem]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}

/** Everything that the checkers, the language server and the last Run found, file by file. */
export function ProblemsPane({ app }: { app: string }) {
  const diagnostics = useEditor((state) => state.diagnostics);
  const language = useFiles((state) => state.language);
  const list = useRef<HTMLDivElement>(null);
  if (diagnostics.length === 0) {
    return language === "ready" ? (
      <EmptyState title="No problems">Mistakes in the code appear here while you type.</EmptyState>
    ) : (
      <EmptyState title="Not checked yet">Problems appear here once language help is there.</EmptyState>
    );
  }
  const groups = groupProblems(diagnostics);
  return (
    <div ref={list} role="region" aria-label={`${count(diagnostics.length, "problem")} in ${app}`} onKeyDown={(event) => onArrow(list.current, event)} className="pb-2">
      {groups.map((group) => (
        <Group key={group.path} {...group} />
      ))}
    </div>
  );
}
