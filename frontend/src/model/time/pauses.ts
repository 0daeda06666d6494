/** When a span with children had none at work: waits between attempts, and other gaps. */

import { barEnd, type TimeScale } from "./timeScale";
import type { Nanos } from "./time";
import { children, type TraceIndex } from "../trace/traceIndex";

export interface Pause {
  /** Nanoseconds from the start of the axis. */
  readonly from: number;
  readonly to: number;
  readonly isBackoff: boolean;
}

/** Shorter ones, as a share of the axis, could not be seen. */
const LEAST_SHARE = 0.004;
/** Of a span with more children the gaps are not looked for: it is drawn as one. */
const MOST_CHILDREN = 400;

/** Returns the pauses between a span's children, in order; none for a span with very many. */
export function pausesOf(
  index: TraceIndex,
  position: number,
  scale: TimeScale,
  servedAt: Nanos,
): readonly Pause[] {
  const inside = children(index, position);
  const parent = index.rows[position];
  if (!parent || inside.length === 0 || inside.length > MOST_CHILDREN) return [];
  const work = inside
    .flatMap((child) => {
      const row = index.rows[child];
      // A span that itself is a wait is no work: its time is a gap of the span around it.
      if (!row || row.marks.includes("wait")) return [];
      const from = Number(row.start - scale.start);
      return [{ from, to: barEnd(row, scale, servedAt), isAttempt: row.kind === "attempt" }];
    })
    .sort((a, b) => a.from - b.from);
  const least = scale.length * LEAST_SHARE;
  const found: Pause[] = [];
  let busyUntil = Number(parent.start - scale.start);
  let wasAttempt = false;
  for (const { from, to, isAttempt } of work) {
    if (from - busyUntil > least) {
      found.push({ from: busyUntil, to: from, isBackoff: wasAttempt && isAttempt });
    }
    if (to >= busyUntil) {
      busyUntil = to;
      wasAttempt = isAttempt;
    }
  }
  const end = barEnd(parent, scale, servedAt);
  if (end - busyUntil > least) found.push({ from: busyUntil, to: end, isBackoff: false });
  return found;
}

/** The same, looked for when a line is first drawn and kept as long as the trace stays as it is. */
export function pausesWhenDrawn(
  index: TraceIndex,
  scale: TimeScale,
  servedAt: Nanos,
): (position: number) => readonly Pause[] {
  const known = new Map<number, readonly Pause[]>();
  return (position) => {
    const before = known.get(position);
    if (before) return before;
    const found = pausesOf(index, position, scale, servedAt);
    known.set(position, found);
    return found;
  };
}

/** How long was waited after a failed attempt before the next one; null when none follows. */
export function backoffAfter(index: TraceIndex, position: number): Nanos | null {
  const row = index.rows[position];
  if (row?.kind !== "attempt" || row.end === null) return null;
  const above = index.parent[position] ?? -1;
  const next = index.subtreeEnd[position] ?? 0;
  if (above < 0 || next >= (index.subtreeEnd[above] ?? 0)) return null;
  const following = index.rows[next];
  if (following?.kind !== "attempt" || following.start <= row.end) return null;
  return following.start - row.end;
}
