import { useQuery } from "@tanstack/react-query";
import { FilePlus2 } from "lucide-react";
import { useState } from "react";
import { explain } from "@/api/problem";
import { templatesQuery } from "@/api/queries";
import type { Template } from "@/api/types";
import { cx } from "@/lib/cx";
import { Button, EmptyState, Skeleton } from "@/ui";
import { Picture } from "./pictures";
import { useStartApp } from "./useStartApp";

const GRID = "grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3";
const CARD = "flex flex-col overflow-hidden rounded-card border border-line bg-bg text-left hover:border-line-strong disabled:opacity-60";

function Card({ template, isBusy, disabled, onPick }: { template: Template; isBusy: boolean; disabled: boolean; onPick: () => void }) {
  return (
    <button type="button" disabled={disabled} onClick={onPick} className={CARD}>
      <Picture id={template.id} />
      <span className="flex flex-1 flex-col gap-0.5 border-t border-line px-3 py-2.5">
        <span className="flex items-baseline gap-2">
          <span className="flex-1 font-medium">{template.title}</span>
          <span className="text-small text-faint">{isBusy ? "Starting…" : template.framework}</span>
        </span>
        <span className="text-muted">{template.summary}</span>
      </span>
    </button>
  );
}

function Loading() {
  return [0, 1, 2, 3, 4, 5].map((card) => <Skeleton key={card} className="h-44 rounded-card" />);
}

function Failed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { title, detail } = explain(error);
  return (
    <div className="rounded-card border border-line">
      <EmptyState title={title} action={<Button onClick={onRetry}>Try again</Button>}>
        {detail}
      </EmptyState>
    </div>
  );
}

/** The starts that are offered; picking one creates the app, runs it and opens it. */
export function Templates({ name = "", disabled = false }: { name?: string; disabled?: boolean }) {
  const { data: templates, error, refetch } = useQuery(templatesQuery);
  const { start, isPending } = useStartApp();
  const [picked, setPicked] = useState<string | null>(null);
  const pick = (template: Template | null): void => {
    setPicked(template?.id ?? "");
    start(template, name);
  };
  const isOff = disabled || isPending;
  return (
    <div className={GRID}>
      {templates === undefined && error === null && <Loading />}
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {templates?.map((template) => (
        <Card
          key={template.id}
          template={template}
          disabled={isOff}
          isBusy={isPending && picked === template.id}
          onPick={() => pick(template)}
        />
      ))}
      <button type="button" disabled={isOff} onClick={() => pick(null)} className={cx(CARD, "min-h-28 items-center justify-center gap-1.5 border-dashed border-line-strong")}>
        <FilePlus2 size={18} strokeWidth={1.5} className="text-faint" aria-hidden />
        <span>{isPending && picked === "" ? "Starting…" : "Start with an empty file"}</span>
      </button>
    </div>
  );
}
