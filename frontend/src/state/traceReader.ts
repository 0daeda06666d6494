/** Reads a trace and, while it grows, reads it again. */

import { isUnfinished } from "../model/trace/execution";
import { asProblem, isAbort, isPassing, waitAfter, type ProblemError } from "../model/problem";
import type { TraceReading, TraceSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";
import { createPolling, type Timer } from "./polling";

/** New spans are shown within two seconds: this wait, the reading and the drawing. */
export const POLL_MILLISECONDS = 1_000;
/** Spans may arrive after the end of their execution: a partial trace is read a few times more. */
const READS_AFTER_END = 5;

export interface TraceListener {
  /** Gets the first pages of a large trace that was not read before. */
  readonly onProgress: (soFar: Trace) => void;
  /** Takes in a reading; the next one waits for it. */
  readonly onReading: (reading: TraceReading) => Promise<void> | undefined;
  readonly onProblem: (problem: ProblemError) => void;
}

export interface TraceReader {
  readonly start: () => void;
  readonly stop: () => void;
}

/** Creates the reader of a trace. */
export function createTraceReader(
  source: TraceSource,
  executionId: string,
  listener: TraceListener,
  timer: Timer,
): TraceReader {
  let abort = new AbortController();
  let etag: string | null = null;
  let trace: Trace | null = null;
  let failures = 0;
  let readsAfterEnd = 0;

  const read = async (): Promise<void> => {
    const { signal } = abort;
    const isStopped = (): boolean => signal.aborted;
    const onProgress = (soFar: Trace): void => {
      if (trace === null && !isStopped()) listener.onProgress(soFar);
    };
    try {
      const reading = await source.readTrace(executionId, etag, signal, onProgress);
      if (isStopped()) return;
      failures = 0;
      if (reading.kind === "changed") ({ trace, etag } = reading);
      await listener.onReading(reading);
      if (!isStopped() && trace && isGrowing(trace)) polling.again(POLL_MILLISECONDS);
    } catch (error) {
      if (isAbort(error) || isStopped()) return;
      const problem = asProblem(error);
      failures += 1;
      listener.onProblem(problem);
      if (isPassing(problem)) polling.again(waitAfter(problem, failures));
    }
  };
  const polling = createPolling(timer, () => void read());

  const isGrowing = (current: Trace): boolean => {
    if (isUnfinished(current.execution)) return true;
    const { status, deletion } = current.execution;
    const isOver = status === "untraced" || deletion?.isComplete === true;
    if (current.status === "COMPLETE" || isOver) return false;
    readsAfterEnd += 1;
    return readsAfterEnd <= READS_AFTER_END;
  };

  const stop = (): void => {
    abort.abort();
    polling.stop();
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
