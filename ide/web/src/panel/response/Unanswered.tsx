import { sendAgain } from "@/panel/actions";
import { type Answer, errorOf, failureOf } from "@/panel/exchange/answer";
import { Button, EmptyState } from "@/ui";

function words(answer: Answer): { title: string; detail: string } {
  if (answer.phase === "cancelled") return { title: "Cancelled before an answer came", detail: "The app may have done a part of its work." };
  return errorOf(answer) ?? { title: "No answer came", detail: failureOf(answer)?.message ?? "The connection to the app ended." };
}

/** A request that is over without an answer: what happened, and what to do. */
export function Unanswered({ app, answer, onTrace }: { app: string; answer: Answer; onTrace: () => void }) {
  const { title, detail } = words(answer);
  return (
    <EmptyState
      title={title}
      action={
        <span className="flex gap-2">
          <Button onClick={() => void sendAgain(app)}>Send again</Button>
          {failureOf(answer) !== null && <Button onClick={onTrace}>Show the trace</Button>}
        </span>
      }
    >
      {detail}
    </EmptyState>
  );
}
