import type { ReactNode } from "react";
import { fetchLateParts, useIsLate } from "@/lib/parts";
import { useLive } from "@/state/live";
import { Button, EmptyState } from "@/ui";

/** What can be done about parts of the page that do not come. */
export function LateActions() {
  // A server that answers and does not have the part any more is a newer one.
  const isAnswering = useLive(({ connection }) => connection === "open");
  return (
    <span className="flex gap-2">
      <Button onClick={fetchLateParts}>Try now</Button>
      {isAnswering && <Button onClick={() => location.reload()}>Reload the page</Button>}
    </span>
  );
}

/** Stands where a part of the page will be: `children` at first, and what is the matter when it does not come. */
export function Arriving({ part, children }: { part: string; children?: ReactNode }) {
  if (!useIsLate()) return children;
  return (
    <div role="alert" className="h-full">
      <EmptyState title={`The ${part} has not arrived yet`} action={<LateActions />}>
        Podium did not send it. It is asked for again by itself; your edits are kept.
      </EmptyState>
    </div>
  );
}
