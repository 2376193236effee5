import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import { isLibrary } from "@/editor/files/paths";
import type { EditorSession } from "@/editor/files/session";
import { useFiles } from "@/editor/files/store";
import { Placeholder } from "@/editor/Placeholder";
import { ViewStates } from "@/editor/viewStates";
import { useEditor } from "@/state/editor";
import { type Handover, offsetOf, placeAt, type Position } from "./handover";

export interface PlainHandle {
  /** Gives what the code editor goes on with, once no composed character (of an input method) is half typed. */
  leave: () => Promise<Handover>;
}

const INDENT = "    ";

interface Props {
  session: EditorSession;
  path: string;
  onEdit: (path: string, before: string) => void;
  ref: Ref<{ leave: () => Promise<Position | null> }>;
}

function composed(area: HTMLTextAreaElement): Promise<unknown> {
  return new Promise((resolve) => area.addEventListener("compositionend", resolve, { once: true }));
}

function PlainText({ session, path, onEdit, ref }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const isComposing = useRef(false);
  const [text, setText] = useState(() => session.drafts.get(path)?.text ?? "");
  const count = useMemo(() => text.split("\n").length, [text]);

  useEffect(
    () =>
      session.listen({
        onText: (changed, now) => {
          if (changed === path) setText(now);
        },
      }),
    [session, path],
  );
  useLayoutEffect(() => {
    const field = area.current;
    const state = new ViewStates(session.app).get(path);
    const cursor = state?.cursorState[0]?.position;
    if (field === null || state === null || cursor === undefined) return;
    const offset = offsetOf(field.value, { line: cursor.lineNumber, column: cursor.column });
    field.setSelectionRange(offset, offset);
    const { firstPosition, firstPositionDeltaTop, scrollLeft } = state.viewState;
    const lineHeight = Number.parseFloat(getComputedStyle(field).lineHeight);
    field.scrollTop = Math.max(0, (firstPosition.lineNumber - 1) * lineHeight - firstPositionDeltaTop);
    field.scrollLeft = scrollLeft;
  }, [session, path]);
  useImperativeHandle(ref, () => ({
    leave: async () => {
      const field = area.current;
      if (field === null) return null;
      if (isComposing.current) await composed(field);
      const { value, selectionStart, selectionEnd, selectionDirection, scrollTop: top, scrollLeft: left } = field;
      const [anchor, cursor] = selectionDirection === "backward" ? [selectionEnd, selectionStart] : [selectionStart, selectionEnd];
      return { path, anchor: placeAt(value, anchor), cursor: placeAt(value, cursor), top, left, hasFocus: document.activeElement === field };
    },
  }));

  const change = (now: string): void => {
    onEdit(path, text);
    setText(now);
    session.drafts.edit(path, now);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== "Tab" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const field = event.currentTarget;
    if (field.readOnly) return;
    field.setRangeText(INDENT, field.selectionStart, field.selectionEnd, "end");
    change(field.value);
  };
  return (
    <div className="absolute inset-0 overflow-hidden bg-bg font-mono text-code [font-feature-settings:'calt'_0,'liga'_0]">
      <div ref={numbers} aria-hidden className="absolute top-2 left-0 w-(--width-line-numbers) text-right whitespace-pre text-faint tabular">
        {Array.from({ length: count }, (_, line) => line + 1).join("\n")}
      </div>
      <textarea
        ref={area}
        aria-label={`Code of ${path}`}
        value={text}
        // The field makes one kind of line end of two, so files that have the other wait for the code editor.
        readOnly={text.includes("\r")}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
        onCompositionStart={() => (isComposing.current = true)}
        onCompositionEnd={() => (isComposing.current = false)}
        onSelect={({ currentTarget: { value, selectionEnd } }) => useEditor.setState({ cursor: placeAt(value, selectionEnd) })}
        onScroll={({ currentTarget: { scrollTop } }) => numbers.current?.style.setProperty("translate", `0 ${-scrollTop}px`)}
        className="absolute inset-y-0 right-0 left-(--left-code) resize-none overflow-auto bg-transparent py-2 whitespace-pre [tab-size:4] outline-none"
        wrap="off"
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
      />
    </div>
  );
}

/** The active file's text, to be read and typed in while the code editor is on its way. */
export function PlainEditor({ session, ref }: { session: EditorSession; ref: Ref<PlainHandle> }) {
  const active = useFiles((state) => state.active);
  const text = useRef<{ leave: () => Promise<Position | null> }>(null);
  const originals = useRef(new Map<string, string>());
  useImperativeHandle(ref, () => ({
    leave: async () => ({ position: (await text.current?.leave()) ?? null, originals: originals.current }),
  }));
  if (active === null || isLibrary(active)) return <Placeholder />;
  const onEdit = (path: string, before: string): void => {
    if (!originals.current.has(path)) originals.current.set(path, before);
  };
  return <PlainText key={active} ref={text} session={session} path={active} onEdit={onEdit} />;
}
