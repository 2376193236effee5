import type { ReactNode } from "react";

// Drawings of 240 by 88 in three strokes: faint lines for what is around, text colour for the thing, accent for what moves.
const FAINT = "stroke-line-strong";
const PLAIN = "stroke-faint";
const ACCENT = "stroke-accent";
const FILL = "fill-selection stroke-accent";

function Lines({ x, y, widths, className = FAINT }: { x: number; y: number; widths: readonly number[]; className?: string }) {
  return widths.map((width, index) => (
    <path key={`${width}-${index.toString()}`} d={`M${x} ${y + index * 9}h${width}`} className={className} />
  ));
}

function Hello(): ReactNode {
  return (
    <>
      <path d="M52 30q-7 0-7 7v3q0 5-5 5 5 0 5 5v3q0 7 7 7M92 30q7 0 7 7v3q0 5 5 5-5 0-5 5v3q0 7-7 7" className={PLAIN} />
      <Lines x={58} y={41} widths={[28, 18]} />
      <path d="M116 45h26m-6-5 6 5-6 5" className={ACCENT} />
      <rect x="154" y="29" width="50" height="32" rx="6" className={FILL} />
      <Lines x={163} y={41} widths={[32, 20]} className={ACCENT} />
    </>
  );
}

function Records(): ReactNode {
  return (
    <>
      <path d="M48 30v30c0 4 10 8 22 8s22-4 22-8V30M48 45c0 4 10 8 22 8s22-4 22-8" className={PLAIN} />
      <ellipse cx="70" cy="30" rx="22" ry="8" className={PLAIN} />
      <path d="M104 48h18m-5-5 5 5-5 5" className={ACCENT} />
      <rect x="134" y="22" width="70" height="46" rx="6" className={FAINT} />
      <path d="M134 37.5h70M134 53h70M156 22v46" className={FAINT} />
      <path d="M164 45.5h30" className={ACCENT} />
      <circle cx="145" cy="45.5" r="2.5" className="fill-accent stroke-none" />
    </>
  );
}

function Window({ children }: { children: ReactNode }) {
  return (
    <>
      <rect x="62" y="14" width="116" height="62" rx="6" className={PLAIN} />
      <path d="M62 26h116M69 20h.01M75 20h.01M81 20h.01" className={PLAIN} />
      {children}
    </>
  );
}

function Notes(): ReactNode {
  return (
    <Window>
      <rect x="70" y="34" width="29" height="34" rx="3" className={FAINT} />
      <rect x="105.5" y="34" width="29" height="34" rx="3" className={FILL} />
      <rect x="141" y="34" width="29" height="34" rx="3" className={FAINT} />
      <Lines x={76} y={43} widths={[17, 11]} />
      <Lines x={111.5} y={43} widths={[17, 11, 14]} className={ACCENT} />
      <Lines x={147} y={43} widths={[17, 8]} />
    </Window>
  );
}

function Swap(): ReactNode {
  return (
    <Window>
      <Lines x={72} y={36} widths={[30, 22, 30, 16]} />
      <rect x="116" y="34" width="52" height="34" rx="4" strokeDasharray="3 3" className={FILL} />
      <path d="M133 47a9.5 9.5 0 0 1 17 1m1-6v6h-6M151 55a9.5 9.5 0 0 1-17-1m-1 6v-6h6" className={ACCENT} />
    </Window>
  );
}

function FlaskGlass(): ReactNode {
  return (
    <>
      <path d="M112 16h16M115 16v18L98 66q-3 7 4 7h36q7 0 4-7L125 34V16" className={PLAIN} />
      <path d="M106.5 52h27l7.5 14.5q2.5 6-3 6h-36q-5.5 0-3-6Z" className={FILL} />
      <circle cx="117" cy="61" r="2" className={ACCENT} />
      <circle cx="127" cy="57" r="1.2" className={ACCENT} />
      <path d="M52 40h22M52 49h30M166 40h22M158 49h30" className={FAINT} />
    </>
  );
}

function Chat(): ReactNode {
  return (
    <>
      <path d="M62 18h62q6 0 6 6v16q0 6-6 6H76l-9 8v-8h-5q-6 0-6-6V24q0-6 6-6Z" className={PLAIN} />
      <Lines x={66} y={28} widths={[52, 34]} />
      <path d="M184 40h-40q-6 0-6 6v14q0 6 6 6h28l9 8v-8h3q6 0 6-6V46q0-6-6-6Z" className={FILL} />
      <path d="M153 53h.01M164 53h.01M175 53h.01" strokeWidth="3.5" className={ACCENT} />
    </>
  );
}

function Transfer(): ReactNode {
  return (
    <>
      <path d="M60 54v10q0 6 6 6h36q6 0 6-6V54" className={PLAIN} />
      <path d="M84 56V20m-9 9 9-9 9 9" className={ACCENT} />
      <rect x="138" y="18" width="50" height="52" rx="6" className={FAINT} />
      <path d="M148 32h30M148 41h30M148 50h18" className={FAINT} />
      <path d="M148 32h30M148 41h14" className={ACCENT} />
      <path d="M120 44h.01M127 44h.01" strokeWidth="2.5" className={FAINT} />
    </>
  );
}

const BY_WORD: readonly (readonly [words: RegExp, picture: () => ReactNode])[] = [
  [/chat|socket/, Chat],
  [/upload|download|file|stream/, Transfer],
  [/htmx|fasthtml/, Swap],
  [/note|full|page/, Notes],
  [/flask/, FlaskGlass],
  [/crud|data|mongo/, Records],
];

/** A small drawing of what a template does, chosen by the words of its id. */
export function Picture({ id }: { id: string }) {
  const Drawing = BY_WORD.find(([words]) => words.test(id))?.[1] ?? Hello;
  return (
    <svg
      viewBox="0 0 240 88"
      aria-hidden
      className="h-22 w-full shrink-0 bg-raised"
      fill="none"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <Drawing />
    </svg>
  );
}
