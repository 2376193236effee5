import { cx } from "@/lib/cx";
import { isApple, keycaps } from "@/state/keys";

/** A chord: `⌘⏎` on Apple systems, `Ctrl ⏎` elsewhere. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <kbd className={cx("font-sans text-small whitespace-nowrap text-faint", className)}>
      {keycaps(keys).join(isApple ? "" : " ")}
    </kbd>
  );
}
