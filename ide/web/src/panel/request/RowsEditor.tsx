import { Plus, X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { makeRow, type Row } from "@/panel/draft/model";
import { Button, IconButton, Input } from "@/ui";
import { SuggestInput } from "./SuggestInput";

export interface RowsEditorProps {
  /** What one row is, in lower case: `header`. */
  noun: string;
  rows: readonly Row[];
  onChange: (rows: Row[]) => void;
  names?: readonly string[];
  valuesFor?: (name: string) => readonly string[];
  /** Rows above these that nobody can change. */
  before?: ReactNode;
}

const none: readonly string[] = [];
const startsAnywhere = (item: string, query: string): boolean => {
  const words = query.trim().toLowerCase();
  return item.toLowerCase().includes(words) && item.toLowerCase() !== words;
};
const same = (item: string): string => item;

/** Names and values, each with a switch; the last row's Enter adds another. */
export function RowsEditor({ noun, rows, onChange, names = none, valuesFor, before }: RowsEditorProps) {
  const list = useRef<HTMLUListElement>(null);
  const change = (id: string, part: Partial<Row>): void => onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const focusRow = (index: number): void => {
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>("[data-name-field]")[index]?.querySelector("input")?.focus());
  };
  const add = (): void => {
    onChange([...rows, makeRow()]);
    focusRow(rows.length);
  };
  const remove = (index: number): void => {
    onChange(rows.filter((_, position) => position !== index));
    if (rows.length > 1) focusRow(Math.max(0, index - 1));
  };
  return (
    <div>
      <ul ref={list} className="flex flex-col gap-1">
        {before}
        {rows.map((row, index) => (
          <li key={row.id} className="flex items-center gap-1">
            <input
              type="checkbox"
              aria-label={`Send ${noun} ${row.name || index + 1}`}
              checked={row.enabled}
              onChange={(event) => change(row.id, { enabled: event.target.checked })}
              className="mx-1 size-3.5 shrink-0 accent-accent-solid"
            />
            <span data-name-field className="flex min-w-0 flex-[2]">
              <SuggestInput
                label={`Name of ${noun} ${index + 1}`}
                placeholder="Name"
                value={row.name}
                items={names}
                toText={same}
                filter={startsAnywhere}
                onChange={(name) => change(row.id, { name })}
                className={`w-full font-mono text-small ${row.enabled ? "" : "text-faint"}`}
              />
            </span>
            <span className="flex min-w-0 flex-[3]">
              <SuggestInput
                label={`Value of ${noun} ${row.name || index + 1}`}
                placeholder="Value"
                value={row.value}
                items={valuesFor?.(row.name) ?? none}
                toText={same}
                filter={startsAnywhere}
                onChange={(value) => change(row.id, { value })}
                onKeyDown={(event) => {
                  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && index === rows.length - 1 && !isListOpen(event.currentTarget)) add();
                }}
                className={`w-full font-mono text-small ${row.enabled ? "" : "text-faint"}`}
              />
            </span>
            <IconButton icon={X} label={`Remove ${noun} ${row.name || index + 1}`} onClick={() => remove(index)} />
          </li>
        ))}
      </ul>
      <Button variant="ghost" className="mt-1 -ml-1" onClick={add}>
        <Plus size={14} aria-hidden />
        Add a {noun}
      </Button>
    </div>
  );
}

const isListOpen = (input: HTMLElement): boolean => input.getAttribute("aria-expanded") === "true" && input.hasAttribute("aria-activedescendant");

/** A fixed name with a value to fill in: a path parameter. */
export function FixedRow({ name, label, value, onChange, invalid, id }: { name: string; label: string; value: string; onChange: (value: string) => void; invalid: boolean; id: string }) {
  return (
    <li className="flex items-center gap-1 pr-8 pl-6.5">
      <label htmlFor={id} className="min-w-0 flex-[2] truncate px-2 font-mono text-small">
        {name}
      </label>
      <Input
        id={id}
        title={label}
        placeholder="Value"
        value={value}
        aria-invalid={invalid}
        onChange={(event) => onChange(event.target.value)}
        className="min-w-0 flex-[3] font-mono text-small"
      />
    </li>
  );
}
