import { cx } from "@/lib/cx";
import { isApple, keycaps } from "@/state/keys";

interface KbdProps {
  keys: string;
  /** Takes the colour of the text around it, for coloured buttons. */
  inherit?: boolean;
  className?: string;
}

/** A chord: `⌘⏎` on Apple systems, `Ctrl ⏎` elsewhere. */
export function Kbd({ keys, inherit = false, className }: KbdProps) {
  return (
    <kbd className={cx("font-sans text-small whitespace-nowrap", !inherit && "text-faint", className)}>
      {keycaps(keys).join(isApple ? "" : " ")}
    </kbd>
  );
}
