import { Suspense, useEffect, useState } from "react";
import { lazyPart } from "@/lib/parts";

const TipPopup = lazyPart(() => import("./TipPopup").then((module) => module.TipPopup));

const FIRST_DELAY_MS = 400;
/** Going on to a neighbour within this time shows its words at once. */
const WARM_MS = 300;

const tipOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;

/** Follows pointer and focus over the page, and says which element's words to show. */
function followTips(show: (element: HTMLElement | null) => void): () => void {
  let current: HTMLElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiddenAt = -Infinity;
  let isShown = false;
  const hide = (): void => {
    clearTimeout(timer);
    current = null;
    if (isShown) hiddenAt = performance.now();
    isShown = false;
    show(null);
  };
  const aim = (element: HTMLElement): void => {
    if (element === current) return;
    hide();
    current = element;
    const delay = performance.now() - hiddenAt < WARM_MS ? 0 : FIRST_DELAY_MS;
    timer = setTimeout(() => {
      isShown = element.isConnected;
      show(isShown ? element : null);
    }, delay);
  };
  const onOver = (event: PointerEvent): void => {
    const element = event.pointerType === "touch" ? null : tipOf(event.target);
    if (element !== null) aim(element);
    else if (current !== null) hide();
  };
  const onFocus = (event: FocusEvent): void => {
    const element = tipOf(event.target);
    if (element?.matches(":focus-visible") === true) aim(element);
    else hide();
  };
  const end = new AbortController();
  const options = { signal: end.signal, capture: true, passive: true };
  document.addEventListener("pointerover", onOver, options);
  document.addEventListener("focusin", onFocus, options);
  for (const type of ["pointerdown", "keydown", "wheel", "focusout"]) document.addEventListener(type, hide, options);
  document.documentElement.addEventListener("pointerleave", hide, options);
  return () => {
    end.abort();
    clearTimeout(timer);
  };
}

/** The one tooltip of the page; its popup's code comes with the first one that is shown. */
export function Tips() {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [isNeeded, setNeeded] = useState(false);
  useEffect(
    () =>
      followTips((next) => {
        setElement(next);
        if (next !== null) setNeeded(true);
      }),
    [],
  );
  return <Suspense>{isNeeded && <TipPopup element={element} />}</Suspense>;
}
