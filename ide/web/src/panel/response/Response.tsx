import { useState } from "react";
import { cx } from "@/lib/cx";
import { nearestFrame, titleOf } from "@/output/Frames";
import { send } from "@/panel/actions";
import { type Answer, errorOf, failureOf, isOver } from "@/panel/exchange/answer";
import { isServing } from "@/panel/exchange/serving";
import { useExchange } from "@/panel/exchange/store";
import { HistoryList } from "@/panel/history/HistoryList";
import { editor } from "@/state/editor";
import { useLive } from "@/state/live";
import { Button, EmptyState, Kbd, Tabs } from "@/ui";
import { BodyView } from "./BodyView";
import { HeadersView } from "./HeadersView";
import { RequestLogs } from "./RequestLogs";
import { StatusLine } from "./StatusLine";
import { TraceView } from "./TraceView";
import { Unanswered } from "./Unanswered";
import { useRequestLogs } from "./useRequestLogs";

type ResponseTab = "body" | "headers" | "logs" | "trace" | "history";

/** What went wrong in one line, with the way to the place in the code. */
function ErrorStrip({ answer, isOld, onTrace }: { answer: Answer; isOld: boolean; onTrace: () => void }) {
  const failure = failureOf(answer);
  const error = errorOf(answer);
  if (failure === null && error === null) return null;
  const frame = failure === null ? undefined : nearestFrame(failure);
  return (
    <div className={cx("flex shrink-0 items-center gap-2 border-t border-line bg-failed-bg py-1 pr-1.5 pl-3 transition-opacity", isOld && "opacity-45")}>
      <button type="button" onClick={onTrace} title="Show the whole error" className="min-w-0 flex-1 truncate text-left text-failed hover:underline">
        {failure === null ? error?.detail : titleOf(failure).split("\n")[0]}
      </button>
      {frame !== undefined && (
        <button type="button" onClick={() => editor.openFrame(frame.path, frame.line)} className="max-w-1/2 shrink-0 truncate rounded-control px-1.5 font-mono text-small leading-5 text-failed underline-offset-2 hover:underline">
          {frame.path}:{frame.line}
        </button>
      )}
    </div>
  );
}

function NoAnswer({ app }: { app: string }) {
  const serves = useLive((state) => isServing(state.run));
  const isKnown = useLive((state) => state.run !== null);
  return (
    <EmptyState
      title="The answer appears here"
      action={
        <Button onClick={() => void send(app)}>
          {serves || !isKnown ? "Send the request" : "Run and send"} <Kbd keys="Mod+Shift+Enter" />
        </Button>
      }
    >
      {serves || !isKnown ? "With its status, time, size and log lines." : "The app is not running; sending starts it first."}
    </EmptyState>
  );
}

/** The answer as it arrives, with everything that belongs to it, and the history. */
export function Response({ app }: { app: string }) {
  const shown = useExchange((state) => state.shown);
  const isWaiting = useExchange((state) => state.pending !== null);
  const [tab, setTab] = useState<ResponseTab>("body");
  const logs = useRequestLogs(shown);
  const errors = shown === null ? 0 : Number(failureOf(shown) !== null || errorOf(shown) !== null);
  const isUnanswered = shown !== null && isOver(shown) && shown.status === null;
  const saysWhy = tab === "trace" || (tab === "body" && isUnanswered);
  const none = <NoAnswer app={app} />;
  const showTrace = (): void => setTab("trace");
  const body = shown === null ? none : isUnanswered ? <Unanswered app={app} answer={shown} onTrace={showTrace} /> : <BodyView answer={shown} />;
  const dim = cx("h-full transition-opacity", isWaiting && "opacity-45");
  return (
    <section aria-label="Answer" aria-busy={isWaiting} className="flex h-full min-h-0 flex-col">
      <StatusLine app={app} />
      {shown !== null && !saysWhy && <ErrorStrip answer={shown} isOld={isWaiting} onTrace={showTrace} />}
      <Tabs
        label="Answer"
        className="flex-1"
        value={tab}
        onChange={setTab}
        items={[
          { value: "body", label: "Body", content: <div className={dim}>{body}</div> },
          { value: "headers", label: "Headers", content: <div className={dim}>{shown === null ? none : <HeadersView headers={shown.headers} />}</div> },
          { value: "logs", label: "Logs", count: logs.length, content: <div className={dim}>{shown === null ? none : <RequestLogs key={shown.key} lines={logs} live={!isOver(shown)} />}</div> },
          { value: "trace", label: "Trace", count: errors, alarming: true, content: <div className={dim}>{shown === null ? none : <TraceView key={shown.key} answer={shown} />}</div> },
          { value: "history", label: "History", content: <HistoryList app={app} wide={false} /> },
        ]}
      />
    </section>
  );
}
