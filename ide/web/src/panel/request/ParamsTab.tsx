import { drafts, useDraft } from "@/panel/draft/store";
import { pathParams, withQuery } from "@/panel/draft/path";
import { paramFieldId } from "./ids";
import { FixedRow, RowsEditor } from "./RowsEditor";

/** Path parameters as fields, and the query string as rows. */
export function ParamsTab() {
  const draft = useDraft((state) => state.draft);
  const complaint = useDraft((state) => state.complaint);
  const names = pathParams(draft.path);
  return (
    <div className="flex flex-col gap-3 p-3">
      {names.length > 0 && (
        <section aria-label="Path parameters">
          <h3 className="mb-1 text-small text-muted">Path</h3>
          <ul className="flex flex-col gap-1">
            {names.map((name) => (
              <FixedRow
                key={name}
                id={paramFieldId(name)}
                name={name}
                label={`Replaces {${name}} in the path`}
                value={draft.params[name] ?? ""}
                invalid={complaint?.param === name}
                onChange={(value) => drafts.edit((now) => ({ ...now, params: { ...now.params, [name]: value } }))}
              />
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Query parameters">
        {names.length > 0 && <h3 className="mb-1 text-small text-muted">Query</h3>}
        <RowsEditor noun="query parameter" rows={draft.query} onChange={(query) => drafts.edit((now) => withQuery(now, query))} />
      </section>
    </div>
  );
}
