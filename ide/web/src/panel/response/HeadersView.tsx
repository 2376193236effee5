import { Copy } from "lucide-react";
import { copyText } from "@/lib/clipboard";
import { Button, EmptyState } from "@/ui";

/** The headers of an answer as they came. */
export function HeadersView({ headers }: { headers: readonly (readonly [string, string])[] }) {
  if (headers.length === 0) return <EmptyState title="No headers">They appear here with the first byte of the answer.</EmptyState>;
  const text = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return (
    <div className="h-full overflow-auto py-2" tabIndex={0} role="group" aria-label="Headers of the answer">
      <dl className="font-mono text-small">
        {headers.map(([name, value], index) => (
          <div key={index} className="flex gap-3 px-3 py-0.5 hover:bg-hover">
            <dt className="w-44 max-w-2/5 shrink-0 [overflow-wrap:anywhere] text-muted">{name}</dt>
            <dd className="min-w-0 flex-1 [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
      <Button variant="ghost" className="mt-1 ml-0.5" onClick={() => void copyText(text, "Headers")}>
        <Copy size={14} aria-hidden />
        Copy all
      </Button>
    </div>
  );
}
