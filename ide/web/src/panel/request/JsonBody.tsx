import { CircleAlert } from "lucide-react";
import { useDeferredValue, useMemo } from "react";
import { drafts, useDraft } from "@/panel/draft/store";
import { checkJson, type JsonError, scanJson } from "@/panel/json/scan";
import { pretty } from "@/panel/json/tree";
import { Button } from "@/ui";
import { CodeField } from "./CodeField";

const FIELD = "json-body";
const CHECK = "json-body-check";

const setJson = (json: string): void => drafts.edit((draft) => ({ ...draft, body: { ...draft.body, json } }));

/** Writes the body with indentation, where it is JSON. */
function formatJson(): void {
  const { json } = useDraft.getState().draft.body;
  const scan = scanJson(json);
  if (scan.ok) setJson(pretty(scan.table, json));
}

function Mistake({ error, onGo }: { error: JsonError; onGo: () => void }) {
  return (
    <button type="button" onClick={onGo} title="Go to the mistake" className="flex min-w-0 items-center gap-1.5 rounded-control text-failed hover:underline">
      <CircleAlert size={14} aria-hidden className="shrink-0" />
      <span className="truncate">
        Line {error.line}, column {error.column}: {error.message}
      </span>
    </button>
  );
}

function goTo(error: JsonError): void {
  const field = document.getElementById(FIELD);
  if (!(field instanceof HTMLTextAreaElement)) return;
  field.focus();
  field.setSelectionRange(error.offset, Math.min(field.value.length, error.offset + 1));
}

function useMistake(): JsonError | null {
  const json = useDeferredValue(useDraft((state) => state.draft.body.json));
  return useMemo(() => checkJson(json), [json]);
}

/** Whether the body is JSON, and the place where it is not. */
export function JsonCheck() {
  const error = useMistake();
  return (
    <>
      <div id={CHECK} aria-live="polite" className="flex min-w-0 flex-1">
        {error === null ? <span className="truncate text-muted">Valid JSON</span> : <Mistake error={error} onGo={() => goTo(error)} />}
      </div>
      <Button variant="ghost" disabled={error !== null} onClick={formatJson}>
        Format
      </Button>
    </>
  );
}

/** A JSON body that is checked while it is written. */
export function JsonBody() {
  const json = useDraft((state) => state.draft.body.json);
  const error = useMistake();
  return <CodeField id={FIELD} json label="JSON body" value={json} onChange={setJson} invalid={error !== null} describedBy={CHECK} placeholder='{ "title": "Buy milk" }' />;
}
