import { CircleAlert } from "lucide-react";
import { useDeferredValue, useMemo, useRef } from "react";
import { drafts, useDraft } from "@/panel/draft/store";
import { checkJson, type JsonError, scanJson } from "@/panel/json/scan";
import { pretty } from "@/panel/json/tree";
import { Button } from "@/ui";
import { CodeField } from "./CodeField";

const setJson = (json: string): void => drafts.edit((draft) => ({ ...draft, body: { ...draft.body, json } }));

/** Writes the body with indentation, where it is JSON. */
export function formatJson(): void {
  const { json } = useDraft.getState().draft.body;
  const scan = scanJson(json);
  if (scan.ok) setJson(pretty(scan.table, json));
}

function Mistake({ error, onGo }: { error: JsonError; onGo: () => void }) {
  return (
    <Button variant="ghost" onClick={onGo} className="min-w-0 shrink justify-start text-failed hover:text-failed" title="Go to the mistake">
      <CircleAlert size={14} aria-hidden className="shrink-0" />
      <span className="truncate">
        {error.message} <span className="text-faint">line {error.line}, column {error.column}</span>
      </span>
    </Button>
  );
}

/** A JSON body that is checked while it is written. */
export function JsonBody() {
  const json = useDraft((state) => state.draft.body.json);
  const field = useRef<HTMLTextAreaElement>(null);
  const checked = useDeferredValue(json);
  const error = useMemo(() => checkJson(checked), [checked]);
  const go = (): void => {
    if (error === null) return;
    field.current?.focus();
    field.current?.setSelectionRange(error.offset, Math.min(json.length, error.offset + 1));
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="min-h-14 flex-1">
        <CodeField ref={field} json label="JSON body" value={json} onChange={setJson} invalid={error !== null} describedBy="json-body-check" placeholder='{ "title": "Buy milk" }' />
      </div>
      <div id="json-body-check" aria-live="polite" className="flex h-8 shrink-0 items-center gap-2 border-t border-line px-1.5">
        {error === null ? <span className="px-2.5 text-muted">Valid JSON</span> : <Mistake error={error} onGo={go} />}
        <Button variant="ghost" className="ml-auto" disabled={error !== null} onClick={formatJson}>
          Format
        </Button>
      </div>
    </div>
  );
}
