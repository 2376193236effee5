import { cx } from "@/lib/cx";

/** The place of something that is loading. It takes its room at once and shows itself after 150 ms. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx("late rounded-control bg-hover", className)} />;
}
