/** A value that is read once, or again and again while it may change. */

import { asProblem, isAbort, type ProblemError } from "../model/problem";
import { createStore, type Readable } from "./store";
import { createPolling, type Timer } from "./polling";
import { createRetrying } from "./retrying";

export interface ResourceView<T> {
  readonly value: T | null;
  readonly problem: ProblemError | null;
  /** When the value was read, in milliseconds. */
  readonly readAt: number;
}

export interface Resource<T> extends Readable<ResourceView<T>> {
  /** Reads now; again to retry. */
  readonly start: () => void;
  readonly stop: () => void;
}

/**
 * Creates a resource. `repeatAfter` returns after how many milliseconds to read again, null for a value that is final.
 * A reading that fails is repeated, at once when the network is back.
 */
export function createResource<T>(
  read: (signal: AbortSignal) => Promise<T>,
  timer: Timer,
  repeatAfter: (value: T) => number | null = () => null,
  now: () => number = Date.now,
): Resource<T> {
  const store = createStore<ResourceView<T>>({ value: null, problem: null, readAt: 0 });
  let abort = new AbortController();

  const run = async (): Promise<void> => {
    const { signal } = abort;
    try {
      const value = await read(signal);
      if (signal.aborted) return;
      store.set({ value, problem: null, readAt: now() });
      retrying.stop();
      const milliseconds = repeatAfter(value);
      if (milliseconds !== null) polling.again(milliseconds);
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      const problem = asProblem(error);
      store.set({ ...store.get(), problem });
      retrying.failed(problem);
    }
  };

  const polling = createPolling(timer, () => void run());
  const retrying = createRetrying(timer, () => void run());

  const stop = (): void => {
    abort.abort();
    polling.stop();
    retrying.stop();
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
