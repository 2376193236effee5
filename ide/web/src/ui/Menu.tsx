import type { LucideIcon } from "lucide-react";
import { cloneElement, type ReactElement, Suspense, useState } from "react";
import { lazyPart } from "@/lib/parts";

const LoadedMenu = lazyPart(() => import("./LoadedMenu").then((module) => module.LoadedMenu));

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  keys?: string | undefined;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean;
  onSelect: () => void;
}

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<{ onClick?: () => void; "aria-haspopup"?: "menu" }>;
  /** Groups of items, with a hairline between them. */
  groups: readonly (readonly MenuItem[])[];
  align?: "start" | "end";
}

/** Actions behind a button. The menu's code, which is not small, comes with the first one that is opened. */
export function Menu(props: MenuProps) {
  const [wasOpened, setOpened] = useState(false);
  const closed = cloneElement(props.trigger, { onClick: () => setOpened(true), "aria-haspopup": "menu" });
  if (!wasOpened) return closed;
  return (
    <Suspense fallback={closed}>
      <LoadedMenu {...props} />
    </Suspense>
  );
}
