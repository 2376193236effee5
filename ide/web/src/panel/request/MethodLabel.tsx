import { cx } from "@/lib/cx";

const SHORT: Readonly<Record<string, string>> = { DELETE: "DEL", OPTIONS: "OPT" };

/** A method in a column of its own width. */
export function MethodLabel({ method, className }: { method: string; className?: string }) {
  return (
    <span title={method} className={cx("w-11 shrink-0 truncate font-mono text-small text-muted", className)}>
      {SHORT[method] ?? method}
    </span>
  );
}
