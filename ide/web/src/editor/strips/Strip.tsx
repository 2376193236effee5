import { ChevronRight, X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { IconButton } from "@/ui";

interface StripProps {
  tone: "failed" | "waiting";
  title: string;
  children?: ReactNode;
  /** Buttons at the right end. */
  actions?: ReactNode;
  onDismiss?: () => void;
  /** What stands under the sentence, over the whole width. */
  more?: ReactNode;
}

/** A line over the editor that says what is the matter with what is in it, and offers what to do. */
export function Strip({ tone, title, children, actions, onDismiss, more }: StripProps) {
  return (
    <div role="status" className={cx("border-b border-line", tone === "failed" ? "bg-failed-bg" : "bg-starting-bg")}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1 pr-1.5 pl-4">
        <p className="min-w-48 flex-1 py-1">
          <span className={cx("font-medium", tone === "failed" ? "text-failed" : "text-starting")}>{title}</span>
          {children !== undefined && <span className="text-muted"> {children}</span>}
        </p>
        {actions !== undefined && <span className="flex flex-wrap gap-1.5">{actions}</span>}
        {onDismiss !== undefined && <IconButton icon={X} label="Dismiss" onClick={onDismiss} />}
      </div>
      {more}
    </div>
  );
}

/** Opens and closes what stands under a strip's sentence. */
export function MoreToggle({ words, isOpen, onToggle }: { words: string; isOpen: boolean; onToggle: () => void }) {
  return (
    <button type="button" aria-expanded={isOpen} onClick={onToggle} className="inline-flex items-center gap-0.5 text-muted hover:text-text">
      <ChevronRight size={12} aria-hidden className={cx("transition-transform", isOpen && "rotate-90")} />
      {words}
    </button>
  );
}
