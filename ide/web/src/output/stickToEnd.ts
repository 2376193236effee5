/** A ref for a box that stays scrolled to its end while its content grows, unless its reader has scrolled up. */
export function stickToEnd(box: HTMLDivElement | null): (() => void) | undefined {
  if (box === null) return undefined;
  let follows = true;
  const onScroll = (): void => {
    follows = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  };
  const toEnd = (): void => {
    if (follows) box.scrollTop = box.scrollHeight;
  };
  toEnd();
  box.addEventListener("scroll", onScroll, { passive: true });
  const content = new MutationObserver(toEnd);
  content.observe(box, { childList: true, subtree: true, characterData: true });
  const size = new ResizeObserver(toEnd);
  size.observe(box);
  return () => {
    box.removeEventListener("scroll", onScroll);
    content.disconnect();
    size.disconnect();
  };
}
