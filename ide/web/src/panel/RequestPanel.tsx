import { ExternalLink, SquareTerminal } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Group, Panel, useDefaultLayout } from "react-resizable-panels";
import { type Command, useRegisterCommands } from "@/state/commands";
import { useLive } from "@/state/live";
import { usePanelInbox } from "@/state/panel";
import { workspace } from "@/state/workspace";
import { IconButton, Tabs } from "@/ui";
import { Handle } from "@/ui/Handle";
import { toast } from "@/ui/toast";
import { cancel, copyCurl, isSending, openInTab, send, sendAgain } from "./actions";
import { pathParams } from "./draft/path";
import { drafts, dropUnusedFiles, followRename, openDraft, useDraft } from "./draft/store";
import { openExchanges, useExchange } from "./exchange/store";
import { fillPanel } from "./fill";
import { BodyTab } from "./request/BodyTab";
import { HeadersTab } from "./request/HeadersTab";
import { PATH_FIELD } from "./request/ids";
import { ParamsTab } from "./request/ParamsTab";
import { RequestBar } from "./request/RequestBar";
import { SavedTab } from "./request/SavedTab";
import { Response } from "./response/Response";

/** The last wish that was followed, so that a panel which is mounted anew does not follow it again. */
let followed = 0;

function useInbox(app: string): void {
  const wish = usePanelInbox((state) => state.wish);
  useEffect(() => {
    if (wish === null || wish.seq <= followed || (wish.app !== null && wish.app !== app)) return;
    followed = wish.seq;
    fillPanel(wish.fill, wish.focus);
  }, [wish, app]);
}

/** The draft and the exchange of this app, for as long as it is shown. */
function useApp(app: string): void {
  const id = useLive((state) => state.run?.app ?? null);
  useEffect(() => {
    const closeDraft = openDraft(app);
    const closeExchanges = openExchanges(app);
    dropUnusedFiles();
    return () => {
      closeDraft();
      closeExchanges();
    };
  }, [app]);
  useEffect(() => {
    if (id !== null) followRename(id, app);
  }, [id, app]);
}

function commandsOf(app: string): Command[] {
  return [
    { id: "request.send", title: "Send the request", group: "Request", keys: "Mod+Shift+Enter", run: () => void send(app) },
    { id: "request.cancel", title: "Cancel the request", group: "Request", enabled: isSending, run: () => void cancel().catch(toast.error) },
    { id: "request.again", title: "Send the last request again", group: "Request", keywords: ["replay"], enabled: () => useExchange.getState().shown !== null && !isSending(), run: () => void sendAgain(app) },
    { id: "request.curl", title: "Copy the request as curl", group: "Request", run: () => void copyCurl() },
    { id: "request.open", title: "Open the request in a new tab", group: "Request", enabled: () => useDraft.getState().draft.method === "GET", run: () => void openInTab() },
    {
      id: "request.focus",
      title: "Go to the request panel",
      group: "Go to",
      run: () => {
        workspace.set({ panel: true, narrowTab: "request" });
        requestAnimationFrame(() => document.getElementById(PATH_FIELD)?.focus());
      },
    },
  ];
}

function Complaint() {
  const complaint = useDraft((state) => state.complaint);
  return (
    <div role="alert" className={complaint === null ? "sr-only" : "shrink-0 px-3 pb-1.5 text-failed"}>
      {complaint?.message}
    </div>
  );
}

function Request({ app }: { app: string }) {
  const tab = useDraft((state) => state.tab);
  const params = useDraft(({ draft }) => pathParams(draft.path).length + draft.query.filter((row) => row.enabled && row.name !== "").length);
  const headers = useDraft(({ draft }) => draft.headers.filter((row) => row.enabled && row.name !== "").length);
  const saved = useDraft((state) => state.saved.length);
  const isGet = useDraft((state) => state.draft.method === "GET");
  return (
    <section aria-label="Request" className="flex h-full min-h-0 flex-col">
      <RequestBar app={app} />
      <Complaint />
      <Tabs
        label="Request"
        className="flex-1"
        value={tab}
        onChange={(next) => drafts.showTab(next)}
        actions={
          <>
            <IconButton icon={SquareTerminal} label="Copy as curl" onClick={() => void copyCurl()} />
            <IconButton icon={ExternalLink} label="Open in a new tab" disabled={!isGet} onClick={() => void openInTab()} />
          </>
        }
        items={[
          { value: "params", label: "Params", count: params, content: <ParamsTab /> },
          { value: "headers", label: "Headers", count: headers, content: <HeadersTab /> },
          { value: "body", label: "Body", content: <BodyTab /> },
          { value: "saved", label: "Saved", count: saved, content: <SavedTab /> },
        ]}
      />
    </section>
  );
}

/** Whether there is room beside, but hardly any below: request and answer then stand side by side. */
function useIsLow() {
  const [isLow, setLow] = useState(false);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      // A panel that is closed keeps what it had.
      if (element.clientHeight > 0) setLow(element.clientWidth >= 640 && element.clientHeight < 400);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, isLow };
}

/** Writes a request, sends it, shows the answer: beside the code, for the app that is open. */
export function RequestPanel({ app }: { app: string }) {
  useApp(app);
  useInbox(app);
  const commands = useMemo(() => commandsOf(app), [app]);
  useRegisterCommands(commands);
  const layout = useDefaultLayout({ id: "podium.request", storage: localStorage });
  const { ref, isLow } = useIsLow();
  return (
    <div ref={ref} className="h-full">
      <Group {...layout} orientation={isLow ? "horizontal" : "vertical"} className="h-full">
        <Panel id="request" defaultSize="42%" minSize={isLow ? 300 : 84}>
          <Request app={app} />
        </Panel>
        <Handle vertical={!isLow} label="Resize the answer" />
        <Panel id="answer" minSize={isLow ? 300 : 120}>
          <Response app={app} />
        </Panel>
      </Group>
    </div>
  );
}
