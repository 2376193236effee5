import type { InputHTMLAttributes, Ref } from "react";
import { cx } from "@/lib/cx";

export interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  ref?: Ref<HTMLInputElement>;
}

/** A text field of one line. Give it a label or an `aria-label`. */
export function Input({ className, ...rest }: InputProps) {
  return (
    <input
      spellCheck={false}
      autoComplete="off"
      className={cx(
        "h-7 min-w-0 rounded-control border border-line-strong bg-bg px-2 text-ui text-text placeholder:text-faint",
        "aria-invalid:border-failed disabled:text-faint",
        className,
      )}
      {...rest}
    />
  );
}
