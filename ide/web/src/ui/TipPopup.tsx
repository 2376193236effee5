import { Tooltip as Base } from "@base-ui/react/tooltip";
import { Kbd } from "./Kbd";

type Side = "top" | "bottom" | "left" | "right";

/** The words of `element`'s tooltip beside it; nothing without one. */
export function TipPopup({ element }: { element: HTMLElement | null }) {
  const { tip, tipKeys, tipSide } = element?.dataset ?? {};
  return (
    <Base.Root open={tip !== undefined}>
      <Base.Portal>
        <Base.Positioner anchor={element} side={(tipSide ?? "bottom") as Side} sideOffset={6} className="pointer-events-none z-50">
          <Base.Popup
            aria-hidden
            className="flex max-w-80 items-center gap-2 rounded-control bg-overlay px-2 py-1 text-small text-text shadow-pop transition-opacity data-starting-style:opacity-0"
          >
            {tip}
            {tipKeys !== undefined && <Kbd keys={tipKeys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
