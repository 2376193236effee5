import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { cx } from "@/lib/cx";

export interface SelectProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; className?: string }[];
  onChange: (value: T) => void;
  className?: string;
}

/** One of a few values. */
export function Select<T extends string>({ label, value, options, onChange, className }: SelectProps<T>) {
  return (
    <Base.Root
      items={options}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      <Base.Trigger
        aria-label={label}
        className={cx(
          "inline-flex h-7 shrink-0 items-center gap-1 rounded-control border border-line-strong bg-bg pr-1.5 pl-2 text-ui text-text hover:bg-hover",
          className,
        )}
      >
        <Base.Value className="flex-1 text-left" />
        <ChevronDown size={14} className="text-faint" aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className="min-w-(--anchor-width) rounded-control bg-overlay p-1 shadow-pop transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                className={cx(
                  "flex h-7 items-center gap-2 rounded-[4px] pr-6 pl-2 text-ui outline-none data-highlighted:bg-active",
                  option.className,
                )}
              >
                <Base.ItemText className="flex-1">{option.label}</Base.ItemText>
                <Base.ItemIndicator className="absolute right-2.5">
                  <Check size={14} aria-hidden />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
