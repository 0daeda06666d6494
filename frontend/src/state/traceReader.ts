/** Reads a trace and, while it grows, reads it again. */

import { isUnfinished } from "../model/execution";
import { asProblem, isAbort, type ProblemError } from "../model/problem";
import type { TraceReading, TraceSource } from "../model/source";
import type { Trace } from "../model/trace";

export const POLL_MILLISECONDS = 2_000;
const LONGEST_WAIT_MILLISECONDS = 30_000;
/** Spans may arrive after the end of their execution: a partial trace is read a few times more. */
const READS_AFTER_END = 5;

/** Injected, so that tests own the time. */
export interface Timer {
  readonly after: (milliseconds: number, then: () => void) => () => void;
  /** True while nobody can see the page: nothing is read then. */
  readonly isPaused: () => boolean;
}

export const browserTimer: Timer = {
  after: (milliseconds, then) => {
    const handle = setTimeout(then, milliseconds);
    return () => clearTimeout(handle);
  },
  isPaused: () => document.visibilityState === "hidden",
};

export interface TraceListener {
  readonly onReading: (reading: TraceReading) => void;
  readonly onProblem: (problem: ProblemError) => void;
}

export interface TraceReader {
  readonly start: () => void;
  readonly stop: () => void;
}

export function createTraceReader(
  source: TraceSource,
  executionId: string,
  listener: TraceListener,
  timer: Timer,
): TraceReader {
  let abort = new AbortController();
  let cancelTimer = (): void => undefined;
  let etag: string | null = null;
  let trace: Trace | null = null;
  let failures = 0;
  let readsAfterEnd = 0;

  const read = async (): Promise<void> => {
    const { signal } = abort;
    if (trace && timer.isPaused()) {
      again(POLL_MILLISECONDS);
      return;
    }
    try {
      const reading = await source.readTrace(executionId, etag, signal);
      if (signal.aborted) return;
      failures = 0;
      if (reading.kind === "changed") ({ trace, etag } = reading);
      listener.onReading(reading);
      if (trace && isGrowing(trace)) again(POLL_MILLISECONDS);
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      const problem = asProblem(error);
      failures += 1;
      listener.onProblem(problem);
      if (trace && isPassing(problem)) again(waitAfter(problem, failures));
    }
  };

  const isGrowing = (current: Trace): boolean => {
    if (isUnfinished(current.execution)) return true;
    if (current.status === "COMPLETE" || current.execution.status === "untraced") return false;
    readsAfterEnd += 1;
    return readsAfterEnd <= READS_AFTER_END;
  };

  const again = (milliseconds: number): void => {
    cancelTimer = timer.after(milliseconds, () => void read());
  };

  const stop = (): void => {
    abort.abort();
    cancelTimer();
  };

  return {
    start: () => {
      stop();
      abort = new AbortController();
      readsAfterEnd = 0;
      void read();
    },
    stop,
  };
}

function isPassing(problem: ProblemError): boolean {
  return problem.kind === "offline" || problem.kind === "unavailable";
}

function waitAfter(problem: ProblemError, failures: number): number {
  const asked = (problem.details.retryAfterSeconds ?? 0) * 1_000;
  const backoff = POLL_MILLISECONDS * 2 ** Math.min(failures - 1, 10);
  return Math.min(LONGEST_WAIT_MILLISECONDS, Math.max(asked, backoff));
}
