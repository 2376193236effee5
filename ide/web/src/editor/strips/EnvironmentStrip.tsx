import { useState } from "react";
import { count } from "@/lib/format";
import { useLasting } from "@/lib/useLasting";
import { type Environment, useLive } from "@/state/live";
import { MoreToggle, Strip } from "./Strip";

const PATIENCE_MS = 150;

function Making({ lines }: { lines: Environment["lines"] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Strip
      tone="waiting"
      title="Installing what requirements.txt asks for."
      more={
        isOpen && (
          <ol className="flex max-h-44 flex-col-reverse overflow-y-auto border-t border-line py-1 pl-4 font-mono text-small text-muted">
            {lines.toReversed().map((line, index) => (
              <li key={lines.length - index}>{line}</li>
            ))}
          </ol>
        )
      }
    >
      {!isOpen && <span className="font-mono text-small text-text">{lines.at(-1)}</span>}{" "}
      {lines.length > 1 && <MoreToggle words={count(lines.length, "line")} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />}
    </Strip>
  );
}

/** How far the installing of the app's requirements is, line by line. */
export function EnvironmentStrip() {
  const environment = useLive((state) => state.environment);
  const isMaking = useLasting(environment?.state === "making", PATIENCE_MS);
  return isMaking && environment !== null ? <Making lines={environment.lines} /> : null;
}
