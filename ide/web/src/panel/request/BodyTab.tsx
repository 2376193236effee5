import type { ReactNode } from "react";
import { type BodyMode, type DraftBody, makePart, makeRow } from "@/panel/draft/model";
import { drafts, useDraft } from "@/panel/draft/store";
import { Select } from "@/ui";
import { CodeField } from "./CodeField";
import { FileField } from "./FileField";
import { JsonBody, JsonCheck } from "./JsonBody";
import { PartsEditor } from "./PartsEditor";
import { RowsEditor } from "./RowsEditor";

const MODES: readonly { value: BodyMode; label: string }[] = [
  { value: "none", label: "No body" },
  { value: "json", label: "JSON" },
  { value: "form", label: "Form" },
  { value: "multipart", label: "Multipart form" },
  { value: "text", label: "Text" },
  { value: "file", label: "File" },
];

const TEXT_TYPES = ["text/plain", "text/html", "text/csv", "application/xml", "application/yaml", "application/x-ndjson", "application/graphql"];

const editBody = (change: (body: DraftBody) => DraftBody): void => drafts.edit((draft) => ({ ...draft, body: change(draft.body) }));

/** Another form of the body, with something to fill in where it would be empty. Methods that take a body follow. */
function chooseMode(mode: BodyMode): void {
  drafts.edit((draft) => {
    const body = { ...draft.body, mode };
    if (mode === "form" && body.form.length === 0) body.form = [makeRow()];
    if (mode === "multipart" && body.parts.length === 0) body.parts = [makePart()];
    if (mode === "json" && body.json === "") body.json = "{\n  \n}";
    return { ...draft, body, method: mode !== "none" && draft.method === "GET" ? "POST" : draft.method };
  });
}

function TextBody({ body }: { body: DraftBody }) {
  return <CodeField label="Text body" value={body.text} onChange={(text) => editBody((now) => ({ ...now, text }))} placeholder="The text to send" />;
}

function content(body: DraftBody): ReactNode {
  switch (body.mode) {
    case "none":
      return <p className="px-3 py-2 text-muted">The request is sent without a body. Choose a form above to add one.</p>;
    case "json":
      return <JsonBody />;
    case "form":
      return (
        <div className="p-3">
          <RowsEditor noun="field" rows={body.form} onChange={(form) => editBody((now) => ({ ...now, form }))} />
        </div>
      );
    case "multipart":
      return <PartsEditor parts={body.parts} onChange={(parts) => editBody((now) => ({ ...now, parts }))} />;
    case "text":
      return <TextBody body={body} />;
    case "file":
      return (
        <div className="flex p-3">
          <FileField label="File to send" file={body.file} onChange={(file) => editBody((now) => ({ ...now, file }))} />
        </div>
      );
  }
}

/** The body in one of six forms; changing the form keeps what was written in the others. */
export function BodyTab() {
  const body = useDraft((state) => state.draft.body);
  const types = TEXT_TYPES.includes(body.textType) ? TEXT_TYPES : [body.textType, ...TEXT_TYPES];
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center gap-2 px-3 pt-2 pb-1">
        <Select label="Form of the body" value={body.mode} options={MODES} onChange={chooseMode} />
        {body.mode === "json" && <JsonCheck />}
        {body.mode === "text" && (
          <Select
            label="Content type"
            value={body.textType}
            options={types.map((type) => ({ value: type, label: type }))}
            onChange={(textType) => editBody((now) => ({ ...now, textType }))}
          />
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-auto">{content(body)}</div>
    </div>
  );
}
