import { cx } from "@/lib/cx";

/** One of two ways to see the same thing. */
export function Toggle({ label, labels, second, onChange }: { label: string; labels: readonly [string, string]; second: boolean; onChange: (second: boolean) => void }) {
  return (
    <div role="group" aria-label={label} className="mr-1 flex rounded-control bg-sunken p-0.5">
      {labels.map((name, index) => {
        const isChosen = (index === 1) === second;
        return (
          <button
            key={name}
            type="button"
            aria-pressed={isChosen}
            onClick={() => onChange(index === 1)}
            className={cx("h-5.5 rounded-[4px] px-2 text-small leading-none", isChosen ? "bg-active text-text" : "text-muted hover:text-text")}
          >
            {name}
          </button>
        );
      })}
    </div>
  );
}
