/** Where on the time axis a moment lies. */

import { laterOf, type Nanos } from "./time";
import type { Row, Trace } from "./trace";

export interface TimeScale {
  readonly start: Nanos;
  /** Nanoseconds from the first start to the last end; never 0. */
  readonly length: number;
}

export interface Bar {
  /** Fractions of the axis, 0 to 1. */
  readonly left: number;
  readonly width: number;
}

/**
 * From the earliest start to the latest end; while something runs, up to the server's clock. A lost
 * span has no end of its own: the end of the execution, which is when it was given up, stands for it.
 */
export function timeScale(trace: Trace): TimeScale {
  let start = trace.rows[0]?.start ?? trace.execution.startedAt;
  let end = start;
  let isRunning = false;
  let isLost = false;
  for (const row of trace.rows) {
    if (row.start < start) start = row.start;
    end = laterOf(end, row.end ?? row.start);
    isRunning ||= row.status === "running";
    isLost ||= row.status === "lost";
  }
  if (isRunning) end = laterOf(end, trace.servedAt);
  if (isLost) end = laterOf(end, trace.execution.endedAt ?? end);
  return { start, length: Math.max(1, Number(end - start)) };
}

/** How long a span took, up to now when it runs; `null` when its end will never be known. */
export function spanLength(row: Row, servedAt: Nanos): Nanos | null {
  if (row.end !== null) return row.end - row.start;
  if (row.status === "running") return laterOf(servedAt, row.start) - row.start;
  return null;
}

export function barOf(row: Row, scale: TimeScale, servedAt: Nanos): Bar {
  const length = spanLength(row, servedAt);
  const left = clamp(Number(row.start - scale.start) / scale.length);
  // An end that never came: the bar runs to the edge and is drawn as open.
  const width = length === null ? 1 - left : Number(length) / scale.length;
  return { left, width: Math.min(clamp(width), 1 - left) };
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

/** Round offsets in nanoseconds: 1, 2 or 5 times a power of ten (or minutes), at most `most` of them. */
export function ticks(length: number, most: number): readonly number[] {
  if (most < 1) return [0];
  const step = roundStep(length / most);
  const found: number[] = [];
  for (let offset = 0; offset <= length; offset += step) found.push(offset);
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
