import { cloneElement, type ReactElement } from "react";

interface TooltipProps {
  label: string;
  keys?: string | undefined;
  side?: "top" | "bottom" | "left" | "right";
  /** The element that it explains; it must pass `data-…` attributes on to the page. */
  children: ReactElement;
}

/** Words on hover or focus, shown by `Tips`. It repeats or adds; nothing stands in a tooltip only. */
export function Tooltip({ label, keys, side = "bottom", children }: TooltipProps) {
  return cloneElement(children as ReactElement<Record<`data-${string}`, string | undefined>>, {
    "data-tip": label,
    "data-tip-keys": keys,
    "data-tip-side": side,
  });
}
