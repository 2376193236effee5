/** Runs asynchronous work one piece after another, in the order in which it was asked for. */
export class Chain {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    // The next piece starts whatever became of this one; its own caller sees how it ended.
    this.#last = next.catch(() => undefined);
    return next;
  }
}
