/** Runs long work in slices, so that the browser can draw and handle input between them. */

/** Lets the browser run what waits for the main thread; resolves after that. */
export type YieldToMain = () => Promise<void>;

/** Uses a message channel, since `setTimeout` waits for 4 ms and, in hidden tabs, for a second. */
export const yieldToMain: YieldToMain = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** The longest that a slice blocks the main thread; a frame at 60 Hz takes 16 ms. */
const SLICE_MILLISECONDS = 10;

/** Runs a generator to its end in slices; yields to the browser between them. Null once `isWanted` says no. */
export async function runInSlices<T>(
  steps: Generator<undefined, T>,
  isWanted: () => boolean,
  pause: YieldToMain = yieldToMain,
  now: () => number = () => performance.now(),
): Promise<T | null> {
  await pause();
  let began = now();
  while (isWanted()) {
    const step = steps.next();
    if (step.done) return step.value;
    if (now() - began < SLICE_MILLISECONDS) continue;
    await pause();
    began = now();
  }
  return null;
}

/** Runs a generator to its end without a break. */
export function runToEnd<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How many rows a generator handles between two `yield`s. */
export const ROWS_PER_STEP = 4_096;
