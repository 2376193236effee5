import { Braces, Copy } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { copyText } from "@/lib/clipboard";
import { JsonTree } from "@/panel/json/JsonTree";
import type { JsonTable } from "@/panel/json/table";
import { pathOf, search, valueOf } from "@/panel/json/tree";
import { IconButton } from "@/ui";
import { type SearchState, SearchBox } from "./SearchBox";
import { step } from "./step";

export interface JsonViewProps {
  table: JsonTable;
  text: string;
  wrap: boolean;
  search: SearchState;
}

/** A JSON answer as a tree, with the path of the chosen row below it. */
export function JsonView({ table, text, wrap, search: searching }: JsonViewProps) {
  const [current, setCurrent] = useState<number | null>(null);
  const searched = useDeferredValue(searching.words ?? "");
  const found = useMemo(() => search(table, text, searched), [table, text, searched]);
  const node = current === null ? null : current < 0 ? ~current : current;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <SearchBox {...searching} total={found.length} at={current === null ? -1 : found.indexOf(current)} onStep={(direction) => setCurrent((now) => step(found, now, direction))} />
      <div className="min-h-0 flex-1">
        <JsonTree table={table} text={text} wrap={wrap} found={found} current={current} onCurrent={setCurrent} />
      </div>
      {node !== null && (
        <div className="flex h-8 shrink-0 items-center gap-1 border-t border-line pr-1.5 pl-3">
          <code className="min-w-0 flex-1 truncate text-small text-muted" title={pathOf(table, text, node)}>
            {pathOf(table, text, node)}
          </code>
          <IconButton icon={Braces} label="Copy the path" onClick={() => void copyText(pathOf(table, text, node), "Path")} />
          <IconButton icon={Copy} label="Copy the value" onClick={() => void copyText(valueOf(table, text, node), "Value")} />
        </div>
      )}
    </div>
  );
}
