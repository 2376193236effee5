import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { explain } from "@/api/problem";
import { whyNotPath } from "@/editor/files/paths";
import { Input } from "@/ui";

interface PathFieldProps {
  label: string;
  initial: string;
  /** Paths that are taken. */
  others: readonly string[];
  /** Rejects with what the server says against the path. */
  onSubmit: (path: string) => Promise<void>;
  /** `isBack`: the focus should go back to where it came from. */
  onClose: (isBack: boolean) => void;
}

/** Names a file where it stands in the tree: Enter takes the name, Escape leaves it. */
export function PathField({ label, initial, others, onSubmit, onClose }: PathFieldProps) {
  const [path, setPath] = useState(initial);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    const field = input.current;
    const start = initial.lastIndexOf("/") + 1;
    const dot = initial.lastIndexOf(".");
    field?.focus();
    field?.setSelectionRange(start, dot > start ? dot : initial.length);
    field?.scrollIntoView({ block: "nearest" });
  }, [initial]);

  const submit = async (): Promise<void> => {
    const wanted = path.trim();
    if (wanted === initial && initial !== "" && !initial.endsWith("/")) {
      onClose(true);
      return;
    }
    const why = whyNotPath(wanted, others);
    setError(why);
    if (why !== null) return;
    setBusy(true);
    try {
      await onSubmit(wanted);
      onClose(false);
    } catch (failure) {
      setError(explain(failure).detail);
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Enter") void submit();
    else if (event.key === "Escape") onClose(true);
  };
  return (
    <div className="relative pr-1.5">
      <Input
        ref={input}
        aria-label={label}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : id}
        placeholder="folder/name.py"
        className="h-6 w-full px-1.5"
        value={path}
        readOnly={isBusy}
        onChange={(event) => {
          setPath(event.target.value);
          setError(null);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          if (!isBusy) onClose(false);
        }}
      />
      {error !== null && (
        <p id={id} role="alert" className="py-1 text-small text-failed">
          {error}
        </p>
      )}
    </div>
  );
}
