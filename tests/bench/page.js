// Runs in every page that is measured: times are milliseconds since the navigation began (performance.now).
(() => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));

  const PATIENCE_MS = 60_000;

  async function until(look) {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      if (performance.now() > deadline) throw new Error(`still waiting for ${look}`);
      const found = look();
      if (found) return found;
      await frame();
    }
  }

  // What a look finds in this frame has been painted when the next one begins.
  async function painted(look) {
    await until(look);
    await frame();
    return performance.now();
  }

  // Fields have a value; Monaco draws spaces as no-break spaces.
  const textOf = (selector) => {
    const found = document.querySelector(selector);
    return (found?.value ?? found?.textContent ?? "").replaceAll("\u00a0", " ");
  };

  window.bench = {
    async editable({ box, text, words }) {
      await until(() => textOf(text).includes(words));
      (await until(() => document.querySelector(box))).focus();
      await until(() => document.querySelector(box).contains(document.activeElement));
      return performance.now();
    },
    // What the browser itself has noted of the navigation, each time since its beginning.
    reached() {
      const [{ responseStart, domContentLoadedEventStart }] = performance.getEntriesByType("navigation");
      const [paint] = performance.getEntriesByName("first-contentful-paint");
      return {
        "the page's first byte": responseStart,
        "its first scripts have run": domContentLoadedEventStart,
        "something is painted": paint?.startTime ?? 0,
      };
    },
    typed: ({ text }, character) => painted(() => textOf(text).includes(character)),
    whole: ({ whole }, character) => painted(() => textOf(whole).includes(character)),
    // From the next key to the underline that it brings; then `vanished` waits until it is gone again.
    underlined() {
      const underline = () => document.querySelector(".squiggly-warning, .squiggly-error");
      let pressed;
      addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true, once: true });
      this.delay = painted(underline).then((now) => now - pressed);
      this.vanished = () => until(() => !underline());
    },
    async answered(buttons, answer, words) {
      const start = performance.now();
      for (const button of buttons) button.click();
      const end = await painted(() => answer.textContent.includes(words));
      const asked = (what) =>
        performance.getEntriesByType("resource").find(({ name, startTime }) => startTime >= start && name.endsWith(what));
      // The browser notes an answer when it is over, which may be after it was painted.
      const [run, request] = [await until(() => asked("/run")), await until(() => asked("/requests"))];
      return [
        end - start,
        {
          "until Run is asked for": run.startTime - start,
          "Run": run.responseEnd - run.startTime,
          "until the request is asked for": request.startTime - run.responseEnd,
          "until the server has it": request.responseStart - request.startTime,
          "the app's answer, until it is painted": end - request.responseStart,
        },
      ];
    },
  };
})();
