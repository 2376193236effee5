import { type KeyboardEvent, useMemo, useRef } from "react";
import { cx } from "@/lib/cx";
import { TOKEN_COLOR, tokens } from "@/panel/json/highlight";

/** Longer texts are not coloured: every key press would colour all of them. */
const MAX_COLOURED = 50_000;

export interface CodeFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  json?: boolean;
  invalid?: boolean;
  describedBy?: string;
  placeholder?: string;
  id?: string;
}

/** Enter keeps the line's indentation, and goes one step in after an opening bracket. */
function indent(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
  const { value, selectionStart } = event.currentTarget;
  const before = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
  const deeper = /[[{]\s*$/.test(before) ? "  " : "";
  const space = (/^[ \t]*/.exec(before)?.[0] ?? "") + deeper;
  if (space === "") return;
  event.preventDefault();
  const closes = deeper !== "" && /^\s*[\]}]/.test(value.slice(selectionStart));
  insert(event.currentTarget, `\n${space}`, closes ? `\n${space.slice(2)}` : "");
}

function insert(field: HTMLTextAreaElement, before: string, after: string): void {
  // The only way to change a text field that its undo remembers.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing has come to replace it
  document.execCommand("insertText", false, before + after);
  if (after !== "") field.setSelectionRange(field.selectionStart - after.length, field.selectionStart - after.length);
}

/** A text field for code: the browser's own, with its text coloured behind it. Tab leaves it, as in every other field. */
export function CodeField({ label, value, onChange, json = false, invalid = false, describedBy, placeholder, id }: CodeFieldProps) {
  const behind = useRef<HTMLPreElement>(null);
  const isColoured = json && value.length <= MAX_COLOURED;
  const pieces = useMemo(() => (isColoured ? tokens(value) : []), [isColoured, value]);
  const text = "px-3 py-2 font-mono text-code whitespace-pre [tab-size:2]";
  return (
    <div className="relative h-full min-h-0 overflow-hidden">
      {isColoured && (
        <pre ref={behind} aria-hidden className={cx(text, "pointer-events-none absolute inset-0 m-0 overflow-hidden")}>
          {pieces.map((token, index) => (
            <span key={index} className={TOKEN_COLOR[token.kind]}>
              {token.text}
            </span>
          ))}
          {"\n"}
        </pre>
      )}
      <textarea
        id={id}
        aria-label={label}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={indent}
        onScroll={(event) => {
          if (behind.current === null) return;
          behind.current.scrollTop = event.currentTarget.scrollTop;
          behind.current.scrollLeft = event.currentTarget.scrollLeft;
        }}
        className={cx(
          text,
          "absolute inset-0 size-full resize-none bg-transparent caret-text outline-offset-[-2px] placeholder:text-faint",
          isColoured ? "text-transparent" : "text-text",
        )}
      />
    </div>
  );
}
