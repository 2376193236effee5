import { ArrowDown } from "lucide-react";
import { type Ref, useCallback, useImperativeHandle, useRef, useState } from "react";
import { type RowsHandle, VirtualRows, type VirtualRowsProps } from "./VirtualRows";

/** So near to the end that it counts as being there. */
const NEAR_PX = 8;

export interface FollowRowsProps extends Omit<VirtualRowsProps, "onLayout" | "handle" | "onScroll"> {
  /** New rows come at the end now; without it the list is an ordinary one. */
  live: boolean;
  handle?: Ref<RowsHandle>;
}

/** A list that stays at its end while rows are added, until its reader scrolls up. */
export function FollowRows({ live, handle, ...rest }: FollowRowsProps) {
  const rows = useRef<RowsHandle>(null);
  const follows = useRef(live);
  const [isAway, setAway] = useState(false);
  const lastTop = useRef(0);
  useImperativeHandle(handle, () => ({
    scrollTo: (index, align) => {
      follows.current = false;
      rows.current?.scrollTo(index, align);
    },
    element: () => rows.current?.element() ?? null,
  }), []);
  const toEnd = useCallback(() => {
    const box = rows.current?.element();
    if (box !== null && box !== undefined) box.scrollTop = box.scrollHeight;
  }, []);
  const onLayout = useCallback(() => {
    if (follows.current) toEnd();
  }, [toEnd]);
  const onScroll = useCallback(() => {
    const box = rows.current?.element();
    if (box === null || box === undefined) return;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR_PX;
    // Rows that are added move the end away, not the reader; only scrolling up lets go.
    if (isAtEnd) follows.current = live;
    else if (box.scrollTop < lastTop.current) follows.current = false;
    lastTop.current = box.scrollTop;
    setAway(live && !follows.current && !isAtEnd);
  }, [live]);
  const jump = (): void => {
    follows.current = true;
    setAway(false);
    toEnd();
    rows.current?.element()?.focus({ preventScroll: true });
  };
  return (
    <div className="relative h-full min-h-0">
      <VirtualRows {...rest} handle={rows} onLayout={onLayout} onScroll={onScroll} />
      {isAway && live && (
        <button
          type="button"
          onClick={jump}
          className="absolute bottom-3 left-1/2 inline-flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full bg-overlay px-3 text-ui text-text shadow-pop hover:bg-hover"
        >
          <ArrowDown size={14} aria-hidden />
          Jump to latest
        </button>
      )}
    </div>
  );
}
