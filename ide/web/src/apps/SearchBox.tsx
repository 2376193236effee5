import { Search } from "lucide-react";
import { useMemo, useRef } from "react";
import { type Command, useRegisterCommands } from "@/state/commands";
import { Input, Kbd } from "@/ui";
import { focusRow } from "./rows";

/** Filters the table by name; `/` leads here, ↓ into the table, Enter to the first app found. */
export function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const commands = useMemo<readonly Command[]>(
    () => [{ id: "apps.search", title: "Search apps", group: "Go to", keys: "/", run: () => input.current?.focus() }],
    [],
  );
  useRegisterCommands(commands);
  return (
    <div className="relative w-56 min-w-0">
      <Search size={14} aria-hidden className="absolute top-[7px] left-2 text-faint" />
      <Input
        ref={input}
        type="search"
        aria-label="Search apps"
        placeholder="Search"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            focusRow(0);
          } else if (event.key === "Enter") document.querySelector<HTMLElement>("[data-row-link]")?.click();
          else if (event.key === "Escape" && value !== "") onChange("");
        }}
        className="w-full pl-7 [&::-webkit-search-cancel-button]:hidden"
      />
      {value === "" && <Kbd keys="/" className="pointer-events-none absolute top-[6px] right-2.5" />}
    </div>
  );
}
