import { ChevronDown, ChevronUp, X } from "lucide-react";
import { count } from "@/lib/format";
import { IconButton, Input } from "@/ui";

/** A search in an answer: its words, or null while nobody searches. */
export interface SearchState {
  words: string | null;
  onWords: (words: string | null) => void;
}

const FIELD = "answer-search";

/** Moves the focus into the search, which may be drawn only now. It is not taken by a search that an answer brings back. */
export const focusSearch = (): void => void requestAnimationFrame(() => document.getElementById(FIELD)?.focus());

interface SearchBoxProps extends SearchState {
  total: number;
  /** Which of the places found is shown, from 0; -1 for none yet. */
  at: number;
  onStep: (step: 1 | -1) => void;
}

/** Finds words in an answer: Enter goes to the next place, Shift+Enter to the one before. */
export function SearchBox({ words, onWords, total, at, onStep }: SearchBoxProps) {
  if (words === null) return null;
  const said = words === "" ? "" : total === 0 ? "Not found" : at < 0 ? count(total, "place") : `${at + 1} of ${total}`;
  return (
    <div role="search" className="flex h-9 shrink-0 items-center gap-1 border-b border-line px-2">
      <Input
        id={FIELD}
        aria-label="Search in the answer"
        placeholder="Search"
        value={words}
        onChange={(event) => onWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onWords(null);
          if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) onStep(event.shiftKey ? -1 : 1);
        }}
        className="min-w-0 flex-1"
      />
      <span role="status" className="tabular w-18 shrink-0 truncate text-right text-small text-muted">
        {said}
      </span>
      <IconButton icon={ChevronUp} label="Previous place" disabled={total === 0} onClick={() => onStep(-1)} />
      <IconButton icon={ChevronDown} label="Next place" disabled={total === 0} onClick={() => onStep(1)} />
      <IconButton icon={X} label="Close the search" onClick={() => onWords(null)} />
    </div>
  );
}
