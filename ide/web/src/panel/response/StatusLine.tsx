import { RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { bytes, duration } from "@/lib/format";
import { sendAgain } from "@/panel/actions";
import { type Answer, durationOf, isBroken, isOver } from "@/panel/exchange/answer";
import { useExchange } from "@/panel/exchange/store";
import { statusText, statusTone } from "@/panel/exchange/status";
import { IconButton, StatusDot } from "@/ui";

/** How long something has been going on, renewed ten times a second. */
function useElapsed(since: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [since]);
  return Math.max(0, now - since);
}

function Elapsed({ since }: { since: number }) {
  const ms = useElapsed(since);
  // A short wait needs no number that flickers by.
  return <span className="tabular text-muted">{ms < 300 ? "" : `${(ms / 1000).toFixed(1)} s`}</span>;
}

function PendingLine({ answer, isStarting }: { answer: Answer; isStarting: boolean }) {
  return (
    <>
      {answer.reconnecting ? (
        <StatusDot status="disconnected" word="Reconnecting…" />
      ) : (
        <StatusDot status="starting" word={isStarting ? "Starting the app…" : "Waiting for the first byte…"} />
      )}
      <Elapsed since={answer.sentAt} />
    </>
  );
}

function word(answer: Answer): string {
  if (answer.status !== null) return statusText(answer.status);
  if (answer.phase === "cancelled") return "Cancelled";
  return answer.problem !== null && answer.id === null ? "Not sent" : "No answer";
}

function Times({ answer }: { answer: Answer }) {
  const total = durationOf(answer);
  const first = answer.firstByteMs;
  if (!isOver(answer)) return <Elapsed since={answer.sentAt} />;
  if (total === null) return null;
  return (
    <>
      <span title="From sending the request to the last byte of the answer">{duration(total)}</span>
      {first !== null && <span className="hidden text-faint @md:inline">first byte {duration(first)}</span>}
    </>
  );
}

function AnswerLine({ answer }: { answer: Answer }) {
  const noStatus = answer.phase === "cancelled" ? "stopped" : "failed";
  const tone = answer.status === null ? noStatus : isBroken(answer) ? "failed" : statusTone(answer.status);
  return (
    <>
      <StatusDot status={tone} word={word(answer)} className="min-w-0 font-medium" />
      <span className="tabular flex shrink-0 items-center gap-3 text-muted">
        <Times answer={answer} />
        {answer.status !== null && <span>{bytes(answer.received)}</span>}
        {answer.reconnecting && <StatusDot status="disconnected" word="Reconnecting…" />}
        {answer.phase === "streaming" && !answer.reconnecting && <StatusDot status="starting" word="Streaming" />}
        {isBroken(answer) && <span className="text-failed">broke off</span>}
        {answer.phase === "cancelled" && answer.status !== null && <span>cancelled</span>}
      </span>
    </>
  );
}

/** The result in one line: status in words, times, size. */
export function StatusLine({ app }: { app: string }) {
  const shown = useExchange((state) => state.shown);
  const pending = useExchange((state) => state.pending);
  const isStarting = useExchange((state) => state.starting);
  return (
    <div className="@container flex h-[34px] shrink-0 items-center gap-3 pr-1.5 pl-3">
      {pending !== null ? <PendingLine answer={pending} isStarting={isStarting} /> : shown !== null ? <AnswerLine answer={shown} /> : <span className="text-faint">No answer yet</span>}
      {shown !== null && (
        <IconButton icon={RotateCw} label="Send again" className="ml-auto" disabled={pending !== null || !isOver(shown)} onClick={() => void sendAgain(app)} />
      )}
    </div>
  );
}
