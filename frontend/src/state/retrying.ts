/** Repeats a failed reading as long as a later one may succeed. */

import { isPassing, type ProblemError } from "../model/problem";
import { createPolling, type Timer } from "./polling";

const FIRST_WAIT_MILLISECONDS = 2_000;
const LONGEST_WAIT_MILLISECONDS = 30_000;

/**
 * Returns the wait in milliseconds after this many failures in a row: 2, 4, 8 ... 30 s, or what the server asks for.
 */
export function waitAfter(problem: ProblemError, failures: number): number {
  const asked = (problem.details.retryAfterSeconds ?? 0) * 1_000;
  const backoff = FIRST_WAIT_MILLISECONDS * 2 ** Math.min(failures - 1, 10);
  return Math.min(LONGEST_WAIT_MILLISECONDS, Math.max(asked, backoff));
}

export interface Retrying {
  /** Runs again after a while, and at once when the network is back; nothing where that cannot help. */
  readonly failed: (problem: ProblemError) => void;
  /** Runs now what waits to be run, if anything does. */
  readonly now: () => void;
  /** It was answered, or nobody wants it any more. */
  readonly stop: () => void;
}

/** Creates what repeats a failed reading. */
export function createRetrying(timer: Timer, run: () => void): Retrying {
  let failures = 0;
  let isWaiting = false;
  const go = (): void => {
    isWaiting = false;
    run();
  };
  const polling = createPolling(timer, go);
  const cancel = (): void => {
    isWaiting = false;
    polling.stop();
  };
  return {
    failed: (problem) => {
      cancel();
      if (!isPassing(problem)) return;
      failures += 1;
      isWaiting = true;
      polling.again(waitAfter(problem, failures));
    },
    now: () => {
      if (!isWaiting) return;
      cancel();
      go();
    },
    stop: () => {
      failures = 0;
      cancel();
    },
  };
}
