/** Something that is read once, or again and again while it may change. */

import { asProblem, isAbort, type ProblemError } from "../model/problem";
import { createStore, type Readable } from "./store";
import type { Timer } from "./traceReader";

export interface ResourceView<T> {
  readonly value: T | null;
  readonly problem: ProblemError | null;
}

export interface Resource<T> extends Readable<ResourceView<T>> {
  /** Reads now; again to retry. */
  readonly start: () => void;
  readonly stop: () => void;
}

/** `repeatAfter` says how long a value is good for, null when it will not change any more. */
export function createResource<T>(
  read: (signal: AbortSignal) => Promise<T>,
  timer: Timer,
  repeatAfter: (value: T) => number | null = () => null,
): Resource<T> {
  const store = createStore<ResourceView<T>>({ value: null, problem: null });
  let abort = new AbortController();
  let cancelTimer = (): void => undefined;

  const again = (milliseconds: number | null): void => {
    if (milliseconds !== null) cancelTimer = timer.after(milliseconds, () => void run());
  };

  const run = async (): Promise<void> => {
    const { signal } = abort;
    const { value: known } = store.get();
    if (known !== null && timer.isPaused()) return again(repeatAfter(known));
    try {
      const value = await read(signal);
      if (signal.aborted) return;
      store.set({ value, problem: null });
      again(repeatAfter(value));
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      store.set({ value: known, problem: asProblem(error) });
      if (known !== null) again(repeatAfter(known));
    }
  };

  const stop = (): void => {
    abort.abort();
    cancelTimer();
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    start: () => {
      stop();
      abort = new AbortController();
      void run();
    },
    stop,
  };
}
