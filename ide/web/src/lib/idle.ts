/** Resolves when the page has nothing else to do, at the latest after so many milliseconds. */
export function whenIdle(timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no idle callbacks; there the next task is as good as any.
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: timeoutMs });
    else setTimeout(resolve);
  });
}
