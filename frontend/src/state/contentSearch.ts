/** Searches attributes and content on the server when the reader pauses typing. */

import { asProblem, isAbort, type ProblemError } from "../model/problem";
import type { SearchResult, TraceSource } from "../model/trace/source";
import type { Timer } from "./polling";
import { createRetrying } from "./retrying";

const SETTLE_MILLISECONDS = 350;
/** Shorter queries name nearly everything. */
const LEAST_CHARACTERS = 3;

export interface ContentSearch {
  readonly ask: (query: string) => void;
  /** Sends the last query again. */
  readonly retry: () => void;
  readonly stop: () => void;
}

/** Creates the search. `onProblem` gets why attributes and content were not searched, and null once they are again. */
export function createContentSearch(
  source: TraceSource,
  executionId: string,
  timer: Timer,
  onFound: (result: SearchResult) => void,
  onProblem: (problem: ProblemError | null) => void,
): ContentSearch {
  let abort = new AbortController();
  let asked = "";
  let cancelTimer = (): void => undefined;

  const stop = (): void => {
    abort.abort();
    cancelTimer();
    retrying.stop();
  };

  const read = async (query: string): Promise<void> => {
    const { signal } = abort;
    try {
      const result = await source.searchTrace?.(executionId, query, signal);
      if (!result || signal.aborted) return;
      onProblem(null);
      onFound(result);
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      const problem = asProblem(error);
      onProblem(problem);
      retrying.failed(problem);
    }
  };
  const retrying = createRetrying(timer, () => void read(asked));

  return {
    stop,
    retry: () => {
      if (asked === "") return;
      stop();
      abort = new AbortController();
      void read(asked);
    },
    ask: (query) => {
      stop();
      asked = "";
      onProblem(null);
      if (!source.searchTrace || query.trim().length < LEAST_CHARACTERS) return;
      abort = new AbortController();
      asked = query;
      cancelTimer = timer.after(SETTLE_MILLISECONDS, () => void read(query));
    },
  };
}
