import { Skeleton } from "@/ui";

const WIDTHS = [38, 24, 0, 52, 30, 46, 28, 0, 34, 58];

/** The place of the text while the editor is on its way. */
export function Placeholder() {
  return (
    <div aria-hidden className="absolute inset-0 bg-bg pt-2 pl-(--left-code)">
      {WIDTHS.map((width, line) => (
        <div key={line} className="flex h-5 items-center" style={{ width: `${width}%` }}>
          {width > 0 && <Skeleton className="h-2.5 w-full" />}
        </div>
      ))}
    </div>
  );
}
