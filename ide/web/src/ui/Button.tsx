import type { ButtonHTMLAttributes, Ref } from "react";
import { cx } from "@/lib/cx";

type Variant = "primary" | "secondary" | "ghost" | "danger";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** One `primary` on a screen. */
  variant?: Variant;
  ref?: Ref<HTMLButtonElement>;
}

const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent-solid text-on-accent font-medium hover:bg-accent-solid-hover disabled:opacity-60",
  secondary: "border border-line-strong bg-bg text-text hover:bg-hover disabled:text-faint",
  ghost: "text-muted hover:bg-hover hover:text-text disabled:text-faint disabled:hover:bg-transparent",
  danger: "border border-line-strong bg-bg text-failed hover:bg-failed-bg disabled:opacity-60",
};

/** A button with words on it; icons inside are 14 px. */
export function Button({ variant = "secondary", className, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(
        "inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-control px-2.5 text-ui whitespace-nowrap transition-opacity",
        VARIANTS[variant],
        className,
      )}
      {...rest}
    />
  );
}
