import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { useReturnFocus } from "@/ui/useReturnFocus";

/** A dialog without a visible title, high on the page, for the palette. */
export function PaletteDialog({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  useReturnFocus();
  return (
    <Base.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Base.Popup
          data-modal
          className="fixed top-[12vh] left-1/2 z-50 w-[min(600px,calc(100vw-32px))] -translate-x-1/2 overflow-hidden rounded-card bg-overlay shadow-pop outline-none"
        >
          <Base.Title className="sr-only">{label}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
