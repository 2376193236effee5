import { Separator } from "react-resizable-panels";
import { cx } from "@/lib/cx";

/** The line between two panels, which can be dragged or moved with the arrow keys; `vertical` where they stand over one another. */
export function Handle({ label, vertical = false, hidden = false }: { label: string; vertical?: boolean; hidden?: boolean }) {
  return (
    <Separator
      aria-label={label}
      disabled={hidden}
      className={cx(
        "relative z-10 bg-line outline-none before:absolute data-[separator=active]:bg-accent data-[separator=focus]:bg-accent data-[separator=hover]:bg-line-strong",
        vertical ? "h-px before:inset-x-0 before:-inset-y-1" : "w-px before:inset-y-0 before:-inset-x-1",
        hidden && "hidden",
      )}
    />
  );
}
