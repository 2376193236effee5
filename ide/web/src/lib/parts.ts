import { type ComponentType, createElement, lazy, type ReactElement, useState } from "react";
import { create } from "zustand";
import { backoff } from "@/api/events";
import { useLasting } from "./useLasting";

interface Parts {
  /** How many parts of the page did not arrive when they were asked for last. */
  late: number;
}

const PATIENCE_MS = 1_500;

export const useParts = create<Parts>(() => ({ late: 0 }));

/** Whether something is missing for so long that it is worth saying. */
export const useIsLate = (): boolean => useLasting(useParts(({ late }) => late > 0), PATIENCE_MS);

const wakers = new Set<() => void>();

/** Asks at once for everything that is late. */
export function fetchLateParts(): void {
  for (const wake of wakers) wake();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      wakers.delete(wake);
      window.removeEventListener("online", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    wakers.add(wake);
    window.addEventListener("online", wake);
  });
}

/** Browsers reject what they could not fetch with a TypeError; styles that did not come are the bundler's own error. */
const isFetchError = (error: unknown): boolean => error instanceof TypeError || (error instanceof Error && error.message.startsWith("Unable to preload CSS"));

const changeLate = (by: number): void => useParts.setState(({ late }) => ({ late: late + by }));

/** A part of the page, asked for until it arrives: the server may be away for a moment. */
export async function arrival<T>(fetchPart: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      const part = await fetchPart();
      if (attempt > 0) changeLate(-1);
      return part;
    } catch (error) {
      if (!isFetchError(error)) throw error;
      if (attempt === 0) changeLate(1);
    }
    await pause(backoff(attempt));
  }
}

/** A component whose code is fetched when it is first shown, or before. */
export interface LazyPart<P extends object> {
  (props: P): ReactElement;
  fetch: () => Promise<unknown>;
}

export function lazyPart<P extends object>(fetchPart: () => Promise<ComponentType<P>>): LazyPart<P> {
  let arrived: ComponentType<P> | undefined;
  let arriving: Promise<ComponentType<P>> | undefined;
  const fetch = (): Promise<ComponentType<P>> =>
    (arriving ??= arrival(fetchPart).then((component) => {
      arrived = component;
      return component;
    }));
  const Lazy = lazy(async () => ({ default: await fetch() }));
  function Part(props: P): ReactElement {
    // What is here already is shown at once: React would keep it back for a while behind what stands for it.
    const [Component] = useState<ComponentType<P>>(() => arrived ?? Lazy);
    return createElement(Component, props);
  }
  return Object.assign(Part, { fetch });
}
