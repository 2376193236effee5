import { Download } from "lucide-react";
import { useState } from "react";
import { bytes } from "@/lib/format";
import { type Answer, isBroken, mediaType } from "@/panel/exchange/answer";
import { useLive } from "@/state/live";
import { Button, EmptyState } from "@/ui";
import { download, useImageBytes } from "./download";
import { fileName, hexLines } from "./media";

const save = (answer: Answer): void => download(answer.body.bytes(), fileName(answer), mediaType(answer));

/** An image on a ground that shows where it is transparent. */
export function ImageView({ answer }: { answer: Answer }) {
  const image = useImageBytes(answer.body.bytes(), mediaType(answer));
  const [size, setSize] = useState<string | null>(null);
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <BinaryView answer={answer} note="The browser cannot show this image." />;
  return (
    <div className="flex h-full min-h-0 flex-col items-center justify-center gap-2 overflow-auto bg-sunken p-4">
      <img
        ref={image}
        alt={`Answer to ${answer.request.method} ${answer.request.path}`}
        onLoad={(event) => setSize(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight}`)}
        onError={() => setBroken(true)}
        className="max-h-full min-h-0 max-w-full bg-[repeating-conic-gradient(var(--border)_0_25%,transparent_0_50%)] bg-[length:16px_16px] object-contain"
      />
      <p className="tabular h-4 shrink-0 text-small text-muted">{size}</p>
    </div>
  );
}

/** HTML as a page of its own that can do nothing: no scripts, no forms, no way back to Podium. */
export function HtmlView({ answer }: { answer: Answer }) {
  const address = useLive((state) => state.run?.url ?? "").replace(/\/+$/, "") + answer.request.path;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <iframe title="Rendered answer" sandbox="" referrerPolicy="no-referrer" srcDoc={answer.body.text()} className="min-h-0 flex-1 border-0 bg-[#fff] [color-scheme:light]" />
      <p className="flex shrink-0 items-center gap-2 border-t border-line px-3 py-1 text-small text-faint">
        <span className="min-w-0 flex-1 truncate">Scripts and outside files do not load here</span>
        {answer.request.method === "GET" && (
          <a href={address} target="_blank" rel="noopener noreferrer" className="shrink-0 text-accent hover:underline">
            Open the page
          </a>
        )}
      </p>
    </div>
  );
}

/** Bytes that are no text: their beginning, and a download. */
export function BinaryView({ answer, note }: { answer: Answer; note?: string }) {
  const lines = hexLines(answer.body.bytes());
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 overflow-auto p-3" tabIndex={0} role="group" aria-label="Binary answer">
      <div className="flex items-center gap-3">
        <Button onClick={() => save(answer)}>
          <Download size={14} aria-hidden />
          Download {fileName(answer)}
        </Button>
        <span className="tabular text-muted">{bytes(answer.received)}</span>
      </div>
      {note !== undefined && <p className="text-muted">{note}</p>}
      <pre className="text-small leading-5 text-muted">
        {lines.map((line) => (
          <div key={line.offset} className="flex gap-4">
            <span className="text-faint">{line.offset}</span>
            <span className="w-[23ch] shrink-0">{line.hex}</span>
            <span className="text-text">{line.text}</span>
          </div>
        ))}
      </pre>
      {answer.received > 512 && <p className="text-small text-faint">The first 512 of {bytes(answer.received)}.</p>}
    </div>
  );
}

const NO_BODY: Readonly<Record<number, string>> = { 204: "204 means that there is none.", 304: "304 means that what the client has is still right." };

/** An answer that came, but has no body. */
export function NoBody({ answer }: { answer: Answer }) {
  if (isBroken(answer)) return <EmptyState title="The answer broke off">Nothing of its body came. Trace says why.</EmptyState>;
  const isHead = answer.request.method === "HEAD";
  return <EmptyState title="The answer has no body">{isHead ? "Answers to HEAD never have one; look at the headers." : NO_BODY[answer.status ?? 0]}</EmptyState>;
}
