import { useDeferredValue, useMemo, useRef, useState } from "react";
import { cx } from "@/lib/cx";
import { FollowRows } from "@/output/FollowRows";
import type { RowsHandle } from "@/output/VirtualRows";
import { type SearchState, SearchBox } from "./SearchBox";
import { step } from "./step";

/** A longer line is shown in pieces: browsers stop at lines of a megabyte. */
const MAX_LINE = 4_000;

export interface TextViewProps {
  label: string;
  lines: readonly string[];
  /** How much there is, since the lines grow in place. */
  size: number;
  wrap: boolean;
  live: boolean;
  search: SearchState;
}

/** The lines with the overlong ones in pieces; the usual text is passed through as it is. */
export function inPieces(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => line.length > MAX_LINE)) return lines;
  return lines.flatMap((line) => {
    if (line.length <= MAX_LINE) return [line];
    return Array.from({ length: Math.ceil(line.length / MAX_LINE) }, (_, index) => line.slice(index * MAX_LINE, (index + 1) * MAX_LINE));
  });
}

function findLines(lines: readonly string[], words: string): number[] {
  const needle = words.toLowerCase();
  if (needle === "") return [];
  return lines.flatMap((line, index) => (line.toLowerCase().includes(needle) ? [index] : []));
}

/** Text as lines; one that still arrives is followed until its reader scrolls up. */
export function TextView({ label, lines: given, size, wrap, live, search }: TextViewProps) {
  const handle = useRef<RowsHandle>(null);
  const [current, setCurrent] = useState<number | null>(null);
  const searched = useDeferredValue(search.words ?? "");
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the lines grow in place; their size says that they did
  const all = useMemo(() => inPieces(given), [given, size]);
  // A newline at the end ends the last line; it does not begin another.
  const count = all.length > 1 && all.at(-1) === "" ? all.length - 1 : all.length;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- as above
  const found = useMemo(() => findLines(all, searched), [all, size, searched]);
  const foundSet = useMemo(() => new Set(found), [found]);
  const go = (direction: 1 | -1): void => {
    const next = step(found, current, direction);
    setCurrent(next);
    if (next !== null) handle.current?.scrollTo(next, "center");
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <SearchBox {...search} total={found.length} at={current === null ? -1 : found.indexOf(current)} onStep={go} />
      <div className="min-h-0 flex-1">
        <FollowRows
          handle={handle}
          live={live}
          role="group"
          aria-label={label}
          tabIndex={0}
          className="py-1"
          count={count}
          keyOf={(index) => index}
          wrap={wrap}
          sideways={!wrap}
          row={(index) => (
            <div
              className={cx(
                "min-h-5 px-3 font-mono text-code leading-5 [font-variant-ligatures:none]",
                wrap ? "[overflow-wrap:anywhere] whitespace-pre-wrap" : "whitespace-pre",
                index === current ? "bg-active" : foundSet.has(index) && "bg-selection",
              )}
            >
              {all[index]}
            </div>
          )}
        />
      </div>
    </div>
  );
}
