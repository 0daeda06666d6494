/** Points in time and lengths of time, in integer nanoseconds; a float would lose the last digits. */

export type Nanos = bigint;

export const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MILLISECOND = 1_000_000n;

/** Converts milliseconds to nanoseconds. */
export function nanosFromMilliseconds(milliseconds: number): Nanos {
  return BigInt(Math.round(milliseconds)) * NANOS_PER_MILLISECOND;
}

/** Converts nanoseconds to milliseconds. */
export function millisecondsFromNanos(nanos: Nanos): number {
  return Number(nanos / NANOS_PER_MILLISECOND);
}

/** Returns the later of two moments. */
export function laterOf(a: Nanos, b: Nanos): Nanos {
  return a > b ? a : b;
}
