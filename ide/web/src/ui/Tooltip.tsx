import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";
import { Kbd } from "./Kbd";

interface TooltipProps {
  label: string;
  keys?: string | undefined;
  side?: "top" | "bottom" | "left" | "right";
  /** The element that it explains; it gets the handlers. */
  children: ReactElement;
}

/** Words on hover or focus. It repeats or adds; nothing stands in a tooltip only. */
export function Tooltip({ label, keys, side = "bottom", children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={400} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-50">
          <Base.Popup className="flex max-w-80 items-center gap-2 rounded-control bg-overlay px-2 py-1 text-small text-text shadow-pop transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            {label}
            {keys !== undefined && <Kbd keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
