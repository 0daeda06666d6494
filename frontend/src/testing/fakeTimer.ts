/** Time for tests: nothing happens until the test says so. */

import type { Timer } from "../state/polling";

export interface FakeTimer extends Timer {
  /** Waits that nobody has cancelled, in milliseconds. */
  readonly waits: () => readonly number[];
  /** Lets the oldest wait end, and whatever it starts come to rest. */
  readonly fire: () => Promise<void>;
  isHidden: boolean;
  /** The page is seen again, or the network is back. */
  readonly wake: () => Promise<void>;
}

export function fakeTimer(): FakeTimer {
  let waiting: { milliseconds: number; then: () => void }[] = [];
  const listeners = new Set<() => void>();
  const timer: FakeTimer = {
    isHidden: false,
    isPaused: () => timer.isHidden,
    after: (milliseconds, then) => {
      const wait = { milliseconds, then };
      waiting.push(wait);
      return () => {
        waiting = waiting.filter((candidate) => candidate !== wait);
      };
    },
    onWake: (then) => {
      listeners.add(then);
      return () => listeners.delete(then);
    },
    wake: async () => {
      for (const then of [...listeners]) then();
      await settled();
    },
    waits: () => waiting.map(({ milliseconds }) => milliseconds),
    fire: async () => {
      const next = waiting.shift();
      next?.then();
      await settled();
    },
  };
  return timer;
}

/** All promises that are ready have run. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}
