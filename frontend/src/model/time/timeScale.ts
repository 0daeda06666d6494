/** Where on the time axis a moment lies. */

import { laterOf, type Nanos } from "./time";
import type { Row, Trace } from "../trace/trace";
import type { Range } from "./zoom";

/** The mark of a row whose times cannot be those of its run. */
const WRONG_CLOCK = "wrong_clock";

export interface TimeScale {
  readonly start: Nanos;
  /** Nanoseconds from the first start to the last end; never 0. */
  readonly length: number;
}

export interface Bar {
  /** Fractions of the part of the axis that is seen, 0 to 1. */
  readonly left: number;
  readonly width: number;
  /** Where a bar lies of which nothing is seen. */
  readonly beyond: "before" | "after" | null;
}

/**
 * From the earliest start to the latest end of rows whose clock is right; while something runs, up to the server's clock. A lost
 * span has no end of its own: the end of the execution, which is when it was given up, stands for it.
 */
export function timeScale(trace: Trace): TimeScale {
  const { isRunning, isLost, ...extent } = extentOf(trace.rows);
  const start = extent.start ?? trace.execution.startedAt;
  let end = extent.end ?? start;
  if (isRunning) end = laterOf(end, trace.servedAt);
  if (isLost) end = laterOf(end, trace.execution.endedAt ?? end);
  return { start, length: Math.max(1, Number(end - start)) };
}

interface Extent {
  readonly start: Nanos | null;
  readonly end: Nanos | null;
  readonly isRunning: boolean;
  readonly isLost: boolean;
}

/** The clock of a live trace goes on between its readings: what the rows say of it is found out once. */
const extents = new WeakMap<readonly Row[], Extent>();

function extentOf(rows: readonly Row[]): Extent {
  const known = extents.get(rows);
  if (known) return known;
  let start: Nanos | null = null;
  let end: Nanos | null = null;
  let isRunning = false;
  let isLost = false;
  for (const row of rows) {
    if (row.marks.includes(WRONG_CLOCK)) continue;
    if (start === null || row.start < start) start = row.start;
    const last = row.end ?? row.start;
    if (end === null || last > end) end = last;
    isRunning ||= row.status === "running";
    isLost ||= row.status === "lost";
  }
  const extent = { start, end, isRunning, isLost };
  extents.set(rows, extent);
  return extent;
}

/** How long a span took, up to now when it runs; `null` when its end will never be known. */
export function spanLength(row: Row, servedAt: Nanos): Nanos | null {
  if (row.end !== null) return row.end - row.start;
  if (row.status === "running") return laterOf(servedAt, row.start) - row.start;
  return null;
}

/** Where a bar ends, in nanoseconds from the start of the axis; one whose end never came runs to its edge. */
export function barEnd(row: Row, scale: TimeScale, servedAt: Nanos): number {
  const length = spanLength(row, servedAt);
  return length === null ? scale.length : Number(row.start - scale.start + length);
}

/** Returns from where to where bars reach, in nanoseconds of the axis; null without one. */
export function rangeOfBars(
  rows: Iterable<Row | undefined>,
  scale: TimeScale,
  servedAt: Nanos,
): Range | null {
  let from = Infinity;
  let to = 0;
  for (const row of rows) {
    if (!row) continue;
    from = Math.min(from, Number(row.start - scale.start));
    to = Math.max(to, barEnd(row, scale, servedAt));
  }
  return to >= from ? { from, to } : null;
}

/** Returns the bar of a row on the visible part of the axis. */
export function barOf(row: Row, scale: TimeScale, servedAt: Nanos, seen?: Range): Bar {
  const from = Number(row.start - scale.start);
  return barBetween(from, barEnd(row, scale, servedAt), seen ?? { from: 0, to: scale.length });
}

/** Returns the bar between two nanosecond positions of the axis. */
export function barBetween(from: number, to: number, seen: Range): Bar {
  const length = seen.to - seen.from;
  const left = clamp((from - seen.from) / length);
  const width = clamp((Math.min(to, seen.to) - Math.max(from, seen.from)) / length);
  const beyond = to < seen.from ? "before" : from > seen.to ? "after" : null;
  return { left, width, beyond };
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

/** Round offsets in nanoseconds: 1, 2 or 5 times a power of ten (or minutes), at most about `most` of them. */
export function ticks(seen: Range, most: number): readonly number[] {
  if (most < 1) return [];
  const step = roundStep((seen.to - seen.from) / most);
  const found: number[] = [];
  for (let at = Math.ceil(seen.from / step); at * step <= seen.to; at += 1) found.push(at * step);
  return found;
}

const SECOND = 1_000_000_000;
const LONG_STEPS = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

function roundStep(atLeast: number): number {
  if (atLeast > 5 * SECOND) {
    const seconds = LONG_STEPS.find((step) => step * SECOND >= atLeast);
    if (seconds !== undefined) return seconds * SECOND;
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(1, atLeast)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= atLeast) ?? 10;
  return factor * power;
}
