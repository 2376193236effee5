import { Menu as Base } from "@base-ui/react/menu";
import { cx } from "@/lib/cx";
import { Kbd } from "./Kbd";
import type { MenuItem, MenuProps } from "./Menu";

function Item({ item }: { item: MenuItem }) {
  const Icon = item.icon;
  return (
    <Base.Item
      disabled={item.disabled ?? false}
      onClick={item.onSelect}
      className={cx(
        "flex h-7 items-center gap-2 rounded-[4px] px-2 text-ui outline-none data-disabled:text-faint data-highlighted:bg-active",
        item.danger === true && "text-failed",
        item.checked === true && "font-medium",
      )}
    >
      {Icon !== undefined && <Icon size={14} aria-hidden className="text-muted" />}
      <span className="flex-1 truncate pr-4">{item.label}</span>
      {item.keys !== undefined && <Kbd keys={item.keys} />}
    </Base.Item>
  );
}

/** The menu itself, which opens as it appears: see `Menu`. */
export function LoadedMenu({ trigger, groups, align = "start" }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup className="max-h-[70vh] min-w-44 overflow-y-auto rounded-control bg-overlay p-1 shadow-pop outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            {groups.map((group, index) => (
              <Base.Group key={group[0]?.label ?? index}>
                {index > 0 && <Base.Separator className="my-1 h-px bg-line" />}
                {group.map((item) => (
                  <Item key={item.label} item={item} />
                ))}
              </Base.Group>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
