/** Reads the pages after the first page of a list, on request. */

import { asProblem, type ProblemError } from "../model/problem";
import type { CanvasSource } from "../model/trace/source";
import { joined, readOn, type ListedPage } from "./history";
import { createStore, type Readable } from "./store";

export interface OlderView {
  /** Everything from the first page on, as it was when it was read; null while nothing older was read. */
  readonly page: ListedPage | null;
  readonly isReading: boolean;
  readonly problem: ProblemError | null;
}

export interface OlderPages extends Readable<OlderView> {
  /** Reads what follows a page; while that is being read it does nothing. */
  readonly readAfter: (page: ListedPage) => void;
  readonly stop: () => void;
}

/** Creates the reader of the pages after the first. */
export function createOlderPages(source: CanvasSource): OlderPages {
  const store = createStore<OlderView>({ page: null, isReading: false, problem: null });
  let abort = new AbortController();

  const run = async (page: ListedPage): Promise<void> => {
    abort = new AbortController();
    const { signal } = abort;
    store.set({ ...store.get(), isReading: true, problem: null });
    try {
      const next = await readOn(source, page, signal);
      if (!signal.aborted) store.set({ page: joined(page, next), isReading: false, problem: null });
    } catch (error) {
      if (signal.aborted) return;
      store.set({ ...store.get(), isReading: false, problem: asProblem(error) });
    }
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    readAfter: (page) => {
      if (!store.get().isReading) void run(page);
    },
    stop: () => {
      abort.abort();
      store.set({ ...store.get(), isReading: false });
    },
  };
}
