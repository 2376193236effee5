import { useMemo } from "react";
import { METHODS } from "@/panel/draft/model";
import { draftFor, type Operation, operationsOf } from "@/panel/draft/operations";
import { plainTemplate, splitPath, withPath } from "@/panel/draft/path";
import { drafts, useDraft } from "@/panel/draft/store";
import { cancel, send } from "@/panel/actions";
import { fillOperation } from "@/panel/fill";
import { isOver } from "@/panel/exchange/answer";
import { useExchange } from "@/panel/exchange/store";
import { useLive } from "@/state/live";
import { Button, Select, toast, Tooltip } from "@/ui";
import { PATH_FIELD } from "./ids";
import { MethodLabel } from "./MethodLabel";
import { SuggestInput } from "./SuggestInput";

const keyOf = (operation: Operation): string => `${operation.method} ${operation.path}`;

/** Suggests what begins alike or has the words somewhere, but not what stands there already. */
function suits(operation: Operation, query: string): boolean {
  const path = splitPath(query).path.toLowerCase();
  const known = plainTemplate(operation.path).toLowerCase();
  return known.includes(path) || (operation.summary ?? "").toLowerCase().includes(query.toLowerCase());
}

function Suggestion({ operation }: { operation: Operation }) {
  return (
    <>
      <MethodLabel method={operation.method} />
      <span className="truncate font-mono text-small">{operation.path}</span>
      {operation.summary !== null && <span className="ml-auto truncate pl-4 text-small text-faint">{operation.summary}</span>}
    </>
  );
}

function PathField({ app }: { app: string }) {
  const path = useDraft((state) => state.draft.path);
  const run = useLive((state) => state.run);
  const operations = useMemo(() => operationsOf(run?.routes ?? [], run?.openapi ?? null), [run?.routes, run?.openapi]);
  return (
    <SuggestInput
      id={PATH_FIELD}
      isRegionStart
      label="Path"
      placeholder="/path"
      value={path}
      items={operations}
      toText={keyOf}
      filter={suits}
      onChange={(typed) => drafts.edit((draft) => withPath(draft, typed))}
      onPick={(operation) => fillOperation(draftFor(operation.method, operation.path, run?.openapi ?? null), true)}
      renderItem={(operation) => <Suggestion operation={operation} />}
      onKeyDown={(event) => {
        const isChoosing = event.currentTarget.hasAttribute("aria-activedescendant");
        if (event.key === "Enter" && !isChoosing && !event.nativeEvent.isComposing) void send(app);
      }}
      className="w-full font-mono"
    />
  );
}

function SendButton({ app }: { app: string }) {
  const isUnderWay = useExchange(({ pending, shown }) => pending !== null || (shown !== null && !isOver(shown)));
  const act = (): void => void (isUnderWay ? cancel().catch(toast.error) : send(app));
  return (
    <Tooltip label={isUnderWay ? "Cancel the request" : "Send the request"} keys={isUnderWay ? undefined : "Mod+Shift+Enter"}>
      <Button onClick={act} className="w-16">
        {isUnderWay ? "Cancel" : "Send"}
      </Button>
    </Tooltip>
  );
}

/** Method, path and Send. */
export function RequestBar({ app }: { app: string }) {
  const method = useDraft((state) => state.draft.method);
  const methods = (METHODS as readonly string[]).includes(method) ? METHODS : [...METHODS, method];
  return (
    <div className="flex shrink-0 items-center gap-1.5 px-3 pt-2 pb-1.5">
      <Select
        label="Method"
        value={method}
        options={methods.map((value) => ({ value, label: value, className: "font-mono text-small" }))}
        onChange={(value) => drafts.edit((draft) => ({ ...draft, method: value }))}
        className="font-mono text-small"
      />
      <div className="flex min-w-0 flex-1">
        <PathField app={app} />
      </div>
      <SendButton app={app} />
    </div>
  );
}
