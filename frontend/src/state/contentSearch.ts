/** Asks the server for what a query names in attributes and content, once the reader pauses typing. */

import { isAbort } from "../model/problem";
import type { SearchResult, TraceSource } from "../model/source";
import type { Timer } from "./polling";

const SETTLE_MILLISECONDS = 350;
/** Shorter queries name nearly everything. */
const LEAST_CHARACTERS = 3;

export interface ContentSearch {
  readonly ask: (query: string) => void;
  readonly stop: () => void;
}

/** What goes wrong is kept to itself: the rows were searched anyway, and the next letter asks again. */
export function createContentSearch(
  source: TraceSource,
  executionId: string,
  timer: Timer,
  onFound: (result: SearchResult) => void,
): ContentSearch {
  let abort = new AbortController();
  let cancelTimer = (): void => undefined;

  const stop = (): void => {
    abort.abort();
    cancelTimer();
  };

  const read = async (query: string): Promise<void> => {
    const { signal } = abort;
    try {
      const result = await source.searchTrace?.(executionId, query, signal);
      if (result && !signal.aborted) onFound(result);
    } catch (error) {
      if (!isAbort(error)) return;
    }
  };

  return {
    stop,
    ask: (query) => {
      stop();
      if (!source.searchTrace || query.trim().length < LEAST_CHARACTERS) return;
      abort = new AbortController();
      cancelTimer = timer.after(SETTLE_MILLISECONDS, () => void read(query));
    },
  };
}
