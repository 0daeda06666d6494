/** Decides when to read again: soon in a visible page, seldom in a hidden one, at once when it becomes visible. */

/** The clock and the page's visibility; tests give their own. */
export interface Timer {
  readonly after: (milliseconds: number, then: () => void) => () => void;
  /** True while nobody can see the page. */
  readonly isPaused: () => boolean;
  /** Calls when the page is seen again, or the network is back; returns what ends that. */
  readonly onWake: (then: () => void) => () => void;
}

/** The wait in a hidden page. */
const HIDDEN_MILLISECONDS = 60_000;

export const browserTimer: Timer = {
  after: (milliseconds, then) => {
    const handle = setTimeout(then, milliseconds);
    return () => clearTimeout(handle);
  },
  isPaused: () => document.visibilityState === "hidden",
  onWake: (then) => {
    const look = (): void => {
      if (document.visibilityState !== "hidden") then();
    };
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    window.addEventListener("online", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
      window.removeEventListener("online", look);
    };
  },
};

export interface Polling {
  /** Runs after this time; replaces an earlier wait. */
  readonly again: (milliseconds: number) => void;
  readonly stop: () => void;
}

/** Creates a timer that calls `run` after the wait that was asked for last, and at once when the page is seen again. */
export function createPolling(timer: Timer, run: () => void): Polling {
  let cancel: (() => void) | null = null;
  let cancelWake: (() => void) | null = null;

  const stop = (): void => {
    cancel?.();
    cancelWake?.();
    cancel = null;
    cancelWake = null;
  };
  const go = (): void => {
    stop();
    run();
  };
  const wait = (milliseconds: number): void => {
    cancel = timer.after(milliseconds, () => {
      // It was hidden while it waited.
      if (timer.isPaused() && milliseconds < HIDDEN_MILLISECONDS) wait(HIDDEN_MILLISECONDS);
      else go();
    });
  };
  return {
    again: (milliseconds) => {
      stop();
      cancelWake = timer.onWake(go);
      wait(timer.isPaused() ? Math.max(milliseconds, HIDDEN_MILLISECONDS) : milliseconds);
    },
    stop,
  };
}
