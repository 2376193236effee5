import { Paperclip } from "lucide-react";
import { useId } from "react";
import { bytes } from "@/lib/format";
import { keepFile, MAX_BODY_BYTES } from "@/panel/draft/files";
import type { FileRef } from "@/panel/draft/model";
import { toast } from "@/ui";

async function take(file: File, onChange: (file: FileRef) => void): Promise<void> {
  if (file.size > MAX_BODY_BYTES) {
    toast.show("That file is too large", { detail: `The panel sends at most ${bytes(MAX_BODY_BYTES)}; ${file.name} has ${bytes(file.size)}. Use curl for it.` });
    return;
  }
  onChange(await keepFile(file));
}

/** Chooses a file to send. Its bytes stay in this browser until then. */
export function FileField({ label, file, onChange }: { label: string; file: FileRef | null; onChange: (file: FileRef) => void }) {
  const id = useId();
  return (
    <span className="relative flex min-w-0 flex-1">
      <label
        htmlFor={id}
        className="flex h-7 min-w-0 flex-1 items-center gap-2 rounded-control border border-line-strong px-2 text-ui has-focus-visible:outline-2 has-focus-visible:outline-accent hover:bg-hover"
      >
        <Paperclip size={14} aria-hidden className="shrink-0 text-muted" />
        <span className="sr-only">{label}</span>
        {file === null ? (
          <span className="text-muted">Choose a file…</span>
        ) : (
          <>
            <span className="truncate">{file.name}</span>
            <span className="tabular ml-auto shrink-0 text-faint">{bytes(file.size)}</span>
          </>
        )}
        <input
          id={id}
          type="file"
          className="sr-only"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen !== undefined) void take(chosen, onChange);
            // The same file can be chosen again after it was changed.
            event.target.value = "";
          }}
        />
      </label>
    </span>
  );
}
