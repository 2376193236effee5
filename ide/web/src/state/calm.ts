/** News that nobody waits for are drawn no later than this. */
const PATIENCE_MS = 150;

let urgent = 0;
let drawings: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let isNext = false;

/**
 * Says that the person at this page waits for something, and that it needs the page's time: until the returned function
 * is called, for a moment at most, nothing else is drawn.
 */
export function hurry(): () => void {
  let isOver = false;
  urgent += 1;
  return () => {
    if (isOver) return;
    isOver = true;
    urgent -= 1;
    if (urgent === 0 && drawings.length > 0) drawNext();
  };
}

/** Draws behind the next frame, or later when the page is in a hurry. Drawings keep their order. */
export function whenCalm(draw: () => void): void {
  drawings.push(draw);
  // A hidden page gets no frames, but must not pile up drawings either.
  if (document.visibilityState === "hidden") drawAll();
  else if (urgent > 0) timer ??= setTimeout(drawAll, PATIENCE_MS);
  else drawNext();
}

/** Waits until all that is known has been drawn. */
export const calm = (): Promise<void> => new Promise((resolve) => whenCalm(resolve));

/** Waits for the next task: what the server was asked until then is on its way, and nothing has been drawn for it yet. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function drawNext(): void {
  if (isNext) return;
  isNext = true;
  requestAnimationFrame(() => setTimeout(drawAll));
}

function drawAll(): void {
  clearTimeout(timer);
  timer = undefined;
  isNext = false;
  const due = drawings;
  drawings = [];
  for (const draw of due) draw();
}
