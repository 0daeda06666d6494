/** When something is read again: soon while it is seen, seldom while it is not, at once on coming back. */

/** Injected, so that tests own the time. */
export interface Timer {
  readonly after: (milliseconds: number, then: () => void) => () => void;
  /** True while nobody can see the page. */
  readonly isPaused: () => boolean;
  /** Calls when the page is seen again, or the network is back; returns what ends that. */
  readonly onWake: (then: () => void) => () => void;
}

/** While nobody sees the page it is read seldom, so that it is not far behind on coming back. */
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
  /** Runs after so long, instead of what was to run before. */
  readonly again: (milliseconds: number) => void;
  readonly stop: () => void;
}

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
