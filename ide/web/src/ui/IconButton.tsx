import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import { cx } from "@/lib/cx";
import { Tooltip } from "./Tooltip";

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
  icon: LucideIcon;
  /** What it does, for screen readers and as the tooltip. */
  label: string;
  /** The command's chord, shown in the tooltip. */
  keys?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

/** A square button with an icon of 16 px and a tooltip. */
export function IconButton({ icon: Icon, label, keys, className, type = "button", ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <button
        type={type}
        aria-label={label}
        className={cx(
          "inline-flex size-7 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-text",
          "disabled:text-faint disabled:hover:bg-transparent aria-pressed:text-text",
          className,
        )}
        {...rest}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden />
      </button>
    </Tooltip>
  );
}
