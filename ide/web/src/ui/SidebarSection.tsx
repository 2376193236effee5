import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { cx } from "@/lib/cx";
import { recall, remember } from "@/lib/storage";

interface SidebarSectionProps {
  title: string;
  /** Icon buttons at the right of the heading. */
  actions?: ReactNode;
  /** Whether it is closed until somebody opens it. */
  closed?: boolean;
  children: ReactNode;
}

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

/** A part of the sidebar under a heading that opens and closes it; the browser remembers which are open. */
export function SidebarSection({ title, actions, closed = false, children }: SidebarSectionProps) {
  const key = `section.${title}`;
  const [open, setOpen] = useState(() => recall(key, isBoolean, !closed));
  const id = useId();
  const toggle = (): void => {
    setOpen(!open);
    remember(key, !open);
  };
  return (
    <section aria-labelledby={`${id}-title`} className="pb-2">
      <div className="flex h-8 items-center pr-1.5 pl-1.5">
        <h2 className="min-w-0 flex-1">
          <button
            id={`${id}-title`}
            type="button"
            aria-expanded={open}
            aria-controls={id}
            onClick={toggle}
            className="flex h-6 w-full items-center gap-1 rounded-control px-1 text-small font-medium tracking-wide text-faint uppercase hover:text-text"
          >
            <ChevronRight size={12} aria-hidden className={cx("transition-transform", open && "rotate-90")} />
            {title}
          </button>
        </h2>
        {actions}
      </div>
      <div id={id} hidden={!open}>
        {children}
      </div>
    </section>
  );
}
