import { useState } from "react";
import { useFiles } from "@/editor/files/store";
import { type Trouble, troubleOf } from "@/editor/problems/failure";
import { Frames } from "@/output/Frames";
import { count } from "@/lib/format";
import { editor } from "@/state/editor";
import { useLive } from "@/state/live";
import { MoreToggle, Strip } from "./Strip";

/** The line that failed, as a link. */
function Place({ trouble }: { trouble: Trouble }) {
  const { place } = trouble;
  if (place === null) return null;
  return (
    <button type="button" className="font-mono text-small text-accent hover:underline" onClick={() => editor.openFrame(place.path, place.line)}>
      {place.path}:{place.line}
    </button>
  );
}

function Failed({ trouble }: { trouble: Trouble }) {
  const [isOpen, setOpen] = useState(false);
  const { frames, title, message, hint, key } = trouble;
  return (
    <Strip
      tone="failed"
      title={`${title}.`}
      onDismiss={() => useFiles.setState({ dismissed: key })}
      more={
        isOpen && (
          <div className="max-h-44 overflow-y-auto border-t border-line py-1 pl-1">
            <Frames frames={frames} />
          </div>
        )
      }
    >
      <span className="font-mono text-small break-words whitespace-pre-wrap text-text">{message.trim()}</span> <Place trouble={trouble} />{" "}
      {frames.length > 1 && <MoreToggle words={count(frames.length, "frame")} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />}
      {hint !== null && ` ${hint}`}
    </Strip>
  );
}

/** Why the last Run failed, until one works or the person closes it. */
export function FailureStrip() {
  const run = useLive((state) => state.run);
  const dismissed = useFiles((state) => state.dismissed);
  const trouble = troubleOf(run);
  if (trouble === null || trouble.key === dismissed) return null;
  return <Failed key={trouble.key} trouble={trouble} />;
}
