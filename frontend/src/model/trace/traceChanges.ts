/** A trace and what has changed of it since, put together. */

import type { Row } from "./trace";

/**
 * `rows` are new or others than before and stand at `positions` (from 0 on, ascending) of a whole of
 * `total`; all others of `before` fill the places between, in their order and as the same objects.
 * Null where that does not add up. O(total).
 */
export function withChanges(
  before: readonly Row[],
  rows: readonly Row[],
  positions: readonly number[],
  total: number,
): readonly Row[] | null {
  const changed = new Set(rows.map(({ spanId }) => spanId));
  const kept = before.filter(({ spanId }) => !changed.has(spanId));
  if (rows.length !== positions.length || kept.length + rows.length !== total) return null;
  const whole: Row[] = [];
  let taken = 0;
  const take = (until: number): void => {
    for (const row of kept.slice(taken, until)) whole.push(row);
    taken = Math.min(until, kept.length);
  };
  for (const [at, row] of rows.entries()) {
    const position = positions[at] ?? -1;
    take(Math.max(taken, taken + position - whole.length));
    if (whole.length !== position) return null;
    whole.push(row);
  }
  take(kept.length);
  return whole;
}
