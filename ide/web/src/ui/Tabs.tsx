import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface TabItem<T extends string> {
  value: T;
  label: string;
  /** A count beside the label; 0 is not shown. */
  count?: number;
  /** Draws the count in the colour of an error. */
  alarming?: boolean;
  content: ReactNode;
}

export interface TabsProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  items: readonly TabItem<T>[];
  /** Controls at the right end of the row of tabs. */
  actions?: ReactNode;
  /** Keeps the content of tabs that are not shown. */
  keepMounted?: boolean;
  className?: string;
}

/** A row of tabs with an underline, and the content of the chosen one, which fills what is left. */
export function Tabs<T extends string>({ label, value, onChange, items, actions, keepMounted = false, className }: TabsProps<T>) {
  return (
    <Base.Root value={value} onValueChange={(next: T) => onChange(next)} className={cx("flex min-h-0 flex-col", className)}>
      <div className="flex h-[34px] shrink-0 items-center border-b border-line pr-1.5">
        <Base.List aria-label={label} activateOnFocus className="flex h-full min-w-0 flex-1 gap-0.5 overflow-x-auto px-1.5 [scrollbar-width:none]">
          {items.map((item) => (
            <Base.Tab
              key={item.value}
              value={item.value}
              className="relative inline-flex items-center gap-1.5 px-2 text-ui whitespace-nowrap text-muted after:absolute after:inset-x-2 after:bottom-[-1px] after:h-[2px] hover:text-text data-active:text-text data-active:after:bg-accent"
            >
              {item.label}
              {item.count !== undefined && item.count > 0 && (
                <span className={cx("tabular text-small", item.alarming === true ? "text-failed" : "text-faint")}>{item.count}</span>
              )}
            </Base.Tab>
          ))}
        </Base.List>
        {actions}
      </div>
      {items.map((item) => (
        <Base.Panel key={item.value} value={item.value} keepMounted={keepMounted} className="min-h-0 flex-1 overflow-auto outline-none" tabIndex={-1}>
          {item.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
