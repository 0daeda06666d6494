/** Repeats a failed reading as long as a later one may succeed. */

import { isPassing, waitAfter, type ProblemError } from "../model/problem";
import { createPolling, type Timer } from "./polling";

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
