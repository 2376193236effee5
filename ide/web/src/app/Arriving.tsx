import type { ReactNode } from "react";
import { fetchLateParts, useParts } from "@/lib/parts";
import { useLasting } from "@/lib/useLasting";
import { useLive } from "@/state/live";
import { Button, EmptyState } from "@/ui";

const PATIENCE_MS = 1_500;

/** Stands where a part of the page will be: `children` at first, and what is the matter when it does not come. */
export function Arriving({ part, children }: { part: string; children?: ReactNode }) {
  const isLate = useLasting(useParts(({ late }) => late > 0), PATIENCE_MS);
  // A server that answers and does not have the part any more is a newer one.
  const isAnswering = useLive(({ connection }) => connection === "open");
  if (!isLate) return children;
  return (
    <div role="alert" className="h-full">
      <EmptyState
        title={`The ${part} has not arrived yet`}
        action={
          <span className="flex gap-2">
            <Button onClick={fetchLateParts}>Try now</Button>
            {isAnswering && <Button onClick={() => location.reload()}>Reload the page</Button>}
          </span>
        }
      >
        Podium did not send it. It is asked for again by itself; your edits are kept.
      </EmptyState>
    </div>
  );
}
