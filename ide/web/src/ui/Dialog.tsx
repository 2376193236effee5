import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  /** Buttons at the bottom right, the main one last. */
  actions?: ReactNode;
  children?: ReactNode;
  className?: string;
}

/** A modal dialog: traps the focus, closes with Escape, gives the focus back. */
export function Dialog({ open, onClose, title, description, actions, children, className }: DialogProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          data-modal
          className={cx(
            "fixed top-[16vh] left-1/2 z-50 flex max-h-[70vh] w-[min(440px,calc(100vw-32px))] -translate-x-1/2 flex-col rounded-card bg-overlay shadow-pop outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0",
            className,
          )}
        >
          <div className="flex items-start gap-2 px-4 pt-3.5 pb-2">
            <div className="flex-1">
              <Base.Title className="text-heading font-semibold">{title}</Base.Title>
              {description !== undefined && <Base.Description className="mt-1 text-muted">{description}</Base.Description>}
            </div>
            <Base.Close aria-label="Close" className="-mr-1 inline-flex size-7 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-text">
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">{children}</div>
          {actions !== undefined && <div className="flex justify-end gap-2 border-t border-line px-4 py-3">{actions}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
