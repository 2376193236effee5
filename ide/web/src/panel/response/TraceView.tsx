import { FailureReport } from "@/output/Frames";
import { type Answer, errorOf, failureOf, isOver } from "@/panel/exchange/answer";
import { EmptyState } from "@/ui";

/** Why a request failed: the sentence of the gateway, and the app's own error with its frames. */
export function TraceView({ answer }: { answer: Answer }) {
  const error = errorOf(answer);
  const failure = failureOf(answer);
  if (error === null && failure === null) {
    return (
      <EmptyState title={isOver(answer) ? "This request raised no error" : "No error so far"}>
        When the app raises one, its traceback appears here with links to the lines.
      </EmptyState>
    );
  }
  return (
    <div className="h-full overflow-auto" tabIndex={0} role="group" aria-label="Error of this request">
      {error !== null && (
        <div className="px-3 pt-3">
          <p className="text-text">{error.title}</p>
          <p className="mt-0.5 text-muted">{error.detail}</p>
        </div>
      )}
      {failure !== null && <FailureReport failure={failure} />}
    </div>
  );
}
