import { Autocomplete } from "@base-ui/react/autocomplete";
import type { KeyboardEvent, ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface SuggestInputProps<T> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  items: readonly T[];
  /** The text that an item stands for. */
  toText: (item: T) => string;
  filter: (item: T, query: string) => boolean;
  /** Called when an item is chosen; without it the item's text becomes the value. */
  onPick?: (item: T) => void;
  renderItem?: (item: T) => ReactNode;
  placeholder?: string;
  invalid?: boolean;
  className?: string;
  id?: string;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  /** The focus comes here first when it moves to this part of the workspace. */
  isRegionStart?: boolean;
}

/** A text field that takes anything and suggests something. */
export function SuggestInput<T>(props: SuggestInputProps<T>) {
  const { items, toText, filter, onPick, renderItem } = props;
  return (
    <Autocomplete.Root
      items={items}
      value={props.value}
      itemToStringValue={toText}
      filter={(item, query) => filter(item, query)}
      onValueChange={(value, details) => {
        // Escape closes the list; a second one must not take away what was written.
        if (details.reason === "escape-key") return;
        if (details.reason !== "item-press") {
          props.onChange(value);
          return;
        }
        const item = items.find((one) => toText(one) === value);
        if (onPick !== undefined && item !== undefined) {
          details.cancel();
          onPick(item);
        } else props.onChange(value);
      }}
    >
      <Autocomplete.Input
        id={props.id}
        aria-label={props.label}
        aria-invalid={props.invalid === true || undefined}
        data-region-start={props.isRegionStart === true ? "" : undefined}
        placeholder={props.placeholder}
        spellCheck={false}
        autoCapitalize="off"
        onKeyDown={props.onKeyDown}
        className={cx(
          "h-7 min-w-0 rounded-control border border-line-strong bg-bg px-2 text-ui text-text placeholder:text-faint aria-invalid:border-failed",
          props.className,
        )}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={4} align="start" className="z-50 data-empty:hidden">
          <Autocomplete.Popup className="max-w-[min(560px,var(--available-width))] min-w-(--anchor-width) overflow-hidden rounded-control bg-overlay shadow-pop data-empty:hidden">
            <Autocomplete.List className="max-h-[min(280px,var(--available-height))] overflow-y-auto overscroll-contain p-1 outline-none data-empty:p-0">
              {(item: T) => (
                <Autocomplete.Item
                  key={toText(item)}
                  value={item}
                  className="flex h-7 items-center gap-2 rounded-[4px] px-2 text-ui outline-none data-highlighted:bg-active"
                >
                  {renderItem === undefined ? toText(item) : renderItem(item)}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}
