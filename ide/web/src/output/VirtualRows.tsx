import { useVirtualizer } from "@tanstack/react-virtual";
import { type HTMLAttributes, type Key, type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { cx } from "@/lib/cx";

export const ROW_HEIGHT = 20;

export interface RowsHandle {
  scrollTo: (index: number, align?: "auto" | "center" | "end") => void;
  element: () => HTMLElement | null;
}

export interface VirtualRowsProps extends Omit<HTMLAttributes<HTMLDivElement>, "children"> {
  count: number;
  keyOf: (index: number) => Key;
  row: (index: number) => ReactNode;
  /** Rows may be higher than one line, and are measured; else every row has the same height. */
  wrap?: boolean;
  /** Rows may be wider than the box, which then scrolls sideways. */
  sideways?: boolean;
  height?: number;
  /** Called when rows were added, taken away or measured. */
  onLayout?: () => void;
  handle?: Ref<RowsHandle>;
}

/** A scrolling list that only draws the rows which can be seen. */
export function VirtualRows({ count, keyOf, row, wrap = false, sideways = false, height = ROW_HEIGHT, onLayout, handle, className, ...rest }: VirtualRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  // The library's methods must not be memoised by the React compiler, which Podium does not use.
  // eslint-disable-next-line react-hooks/incompatible-library -- see above
  const virtual = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => height, overscan: 12, getItemKey: keyOf });
  const total = virtual.getTotalSize();
  useImperativeHandle(handle, () => ({
    scrollTo: (index, align = "auto") => virtual.scrollToIndex(index, { align }),
    element: () => box.current,
  }), [virtual]);
  useLayoutEffect(() => onLayout?.(), [onLayout, total, count]);
  useLayoutEffect(() => virtual.measure(), [virtual, wrap, height]);
  return (
    <div ref={box} className={cx("h-full overflow-auto [contain:strict]", className)} {...rest}>
      <div className="relative w-full" style={{ height: total }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={wrap ? virtual.measureElement : undefined}
            className={cx("absolute top-0 left-0", sideways ? "w-max min-w-full" : "w-full")}
            style={{ transform: `translateY(${item.start}px)`, ...(wrap ? { minHeight: height } : { height }) }}
          >
            {row(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
