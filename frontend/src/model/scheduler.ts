/** Long work in pieces, between which the browser draws and the reader is heard. */

/** Resolves when everything that waited for the thread has had it. */
export type Breathe = () => Promise<void>;

/** A message of its own, since `setTimeout` waits for 4 ms and, in hidden tabs, for a second. */
export const breathe: Breathe = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** A piece of work may keep the thread for so long; a frame at 60 Hz takes 16. */
const PIECE_MILLISECONDS = 10;

/** Runs steps to their end, breathing between them. Null when nobody wants the result any more. */
export async function inPieces<T>(
  steps: Generator<undefined, T>,
  isWanted: () => boolean,
  rest: Breathe = breathe,
  now: () => number = () => performance.now(),
): Promise<T | null> {
  await rest();
  let began = now();
  while (isWanted()) {
    const step = steps.next();
    if (step.done) return step.value;
    if (now() - began < PIECE_MILLISECONDS) continue;
    await rest();
    began = now();
  }
  return null;
}

/** The same at once. */
export function atOnce<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How many rows a step goes through, where a step is a stretch of rows. */
export const ROWS_A_STEP = 4_096;
