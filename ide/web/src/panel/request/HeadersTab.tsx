import { HEADER_NAMES, HEADER_VALUES } from "@/panel/draft/headerNames";
import { bodyType } from "@/panel/draft/model";
import { drafts, useDraft } from "@/panel/draft/store";
import { RowsEditor } from "./RowsEditor";

const valuesFor = (name: string): readonly string[] => HEADER_VALUES[name.toLowerCase()] ?? [];

/** The content type that the body's form gives, unless a row of the same name overrides it. */
function BodyType() {
  const type = useDraft((state) => bodyType(state.draft.body));
  const isOverridden = useDraft(({ draft }) => draft.headers.some((row) => row.enabled && row.name.toLowerCase() === "content-type"));
  if (type === null || isOverridden) return null;
  return (
    <li className="flex items-center gap-1 pr-8 pl-6.5 font-mono text-small text-muted" title="Follows the form of the body. Add a Content-Type of your own to override it.">
      <span className="min-w-0 flex-[2] truncate px-2">Content-Type</span>
      <span className="flex h-7 min-w-0 flex-[3] items-center gap-2 px-2">
        <span className="truncate">{type}</span>
        <span className="ml-auto shrink-0 font-sans text-faint">from the body</span>
      </span>
    </li>
  );
}

/** The headers that are sent beside those that the gateway makes. */
export function HeadersTab() {
  const headers = useDraft((state) => state.draft.headers);
  return (
    <div className="p-3">
      <RowsEditor
        noun="header"
        rows={headers}
        names={HEADER_NAMES}
        valuesFor={valuesFor}
        before={<BodyType />}
        onChange={(rows) => drafts.edit((draft) => ({ ...draft, headers: rows }))}
      />
    </div>
  );
}
