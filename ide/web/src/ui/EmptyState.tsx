import type { ReactNode } from "react";

/** Says what will appear here, and offers the one action that makes it appear. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex h-full min-h-24 flex-col items-center justify-center gap-1 p-4 text-center">
      <p className="text-text">{title}</p>
      {children !== undefined && <p className="max-w-80 text-muted">{children}</p>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  );
}
