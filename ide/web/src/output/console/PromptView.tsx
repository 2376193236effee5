import { useEffect, useId, useRef, useState } from "react";
import { cx } from "@/lib/cx";
import { Input } from "@/ui";
import { Gutter } from "./CellView";
import type { InputRequest } from "./reducer";
import { consoleActions, useConsole } from "./store";
import { type Prompt, usePrompt } from "./usePrompt";

function CompletionList({ prompt, id }: { prompt: Prompt; id: string }) {
  const { completions, chosen, pick } = prompt;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  if (completions === null) return null;
  return (
    <ul ref={list} id={id} role="listbox" aria-label="Completions" className="absolute bottom-full left-12 z-20 mb-1 max-h-40 min-w-44 overflow-y-auto rounded-control bg-overlay p-1 shadow-pop">
      {completions.matches.map((match, index) => (
        <li
          key={match}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onMouseDown={(event) => {
            event.preventDefault();
            pick(index);
          }}
          className={cx("rounded-[4px] px-2 font-mono text-small leading-6", index === chosen && "bg-active")}
        >
          {match}
        </li>
      ))}
    </ul>
  );
}

/** Where the answer to `input()` is written. */
export function InputPrompt({ request }: { request: InputRequest }) {
  const [value, setValue] = useState("");
  return (
    <form
      className="flex items-center gap-2 py-1.5 pr-3 pl-12"
      onSubmit={(event) => {
        event.preventDefault();
        consoleActions.answerInput(value);
      }}
    >
      <label htmlFor="console-input" className="font-mono text-code whitespace-pre-wrap">
        {request.prompt === "" ? "The program asks for input:" : request.prompt}
      </label>
      <Input id="console-input" autoFocus type={request.isPassword ? "password" : "text"} value={value} onChange={(event) => setValue(event.target.value)} className="min-w-0 flex-1 font-mono" />
    </form>
  );
}

/** Where code is written. */
export function PromptView({ isOpen, isRegionStart = true }: { isOpen: boolean; isRegionStart?: boolean }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const prompt = usePrompt(field);
  const nextInput = useConsole((state) => state.nextInput);
  const { change } = prompt;
  useEffect(() => {
    if (nextInput === null) return;
    change(nextInput);
    consoleActions.takeNextInput();
  });
  const hasList = prompt.completions !== null;
  return (
    <div className="relative flex py-1.5 pr-3">
      <Gutter>{">"}</Gutter>
      <CompletionList prompt={prompt} id={id} />
      <textarea
        ref={field}
        data-region-start={isRegionStart ? "" : undefined}
        aria-label="Python code"
        aria-autocomplete="list"
        aria-controls={hasList ? id : undefined}
        aria-activedescendant={hasList ? `${id}-${prompt.chosen}` : undefined}
        rows={1}
        value={prompt.code}
        disabled={!isOpen}
        placeholder="Python, in the kernel of the running app"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => prompt.change(event.target.value)}
        onKeyDown={prompt.onKeyDown}
        onBlur={prompt.closeCompletions}
        className="field-sizing-content min-h-5 min-w-0 flex-1 resize-none bg-transparent font-mono text-code [font-variant-ligatures:none] outline-none placeholder:text-faint"
      />
    </div>
  );
}
