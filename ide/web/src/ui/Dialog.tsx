import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { cx } from "@/lib/cx";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  /** Buttons at the bottom right, the main one last. */
  actions?: ReactNode;
  children?: ReactNode;
  /** Where the focus goes when it closes, if not back to where it was. */
  returnFocus?: RefObject<HTMLElement | null> | undefined;
  /** For content in columns. */
  size?: "small" | "wide";
}

const SIZES = {
  small: "top-[16vh] max-h-[70vh] w-[min(440px,calc(100vw-32px))]",
  wide: "top-[8vh] max-h-[84vh] w-[min(860px,calc(100vw-32px))]",
};

/** A modal dialog: traps the focus, closes with Escape, gives the focus back. */
export function Dialog({ open, onClose, title, description, actions, children, returnFocus, size = "small" }: DialogProps) {
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
          {...(returnFocus !== undefined && { finalFocus: returnFocus })}
          className={cx(
            "fixed left-1/2 z-50 flex -translate-x-1/2 flex-col rounded-card bg-overlay shadow-pop outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0",
            SIZES[size],
          )}
        >
          <div className="px-4 pt-3.5 pr-12 pb-2">
              <Base.Title className="text-heading font-semibold">{title}</Base.Title>
              {description !== undefined && <Base.Description className="mt-1 text-muted">{description}</Base.Description>}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">{children}</div>
          {actions !== undefined && <div className="flex justify-end gap-2 border-t border-line px-4 py-3">{actions}</div>}
          {/* Last in the order, so that the dialog opens with the focus on its content. */}
          <Base.Close aria-label="Close" className="absolute top-2.5 right-2.5 inline-flex size-7 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-text">
            <X size={16} aria-hidden />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
