/** How much was going on when, by hue: what the minimap draws. */

import { kindHue, type Hue } from "../labels/kinds";
import { barEnd, type TimeScale } from "./timeScale";
import type { Nanos } from "./time";
import { hasChildren, type TraceIndex } from "../trace/traceIndex";

const ACTIVITY_HUES: readonly Hue[] = [
  "structure",
  "other",
  "artifact",
  "http",
  "retrieval",
  "tool",
  "agent",
  "model",
];

/** A lone span beside ten thousand is seen, too. */
const LEAST_HEIGHT = 2;

export interface Activity {
  readonly columns: number;
  /** Spans without children that were at work in each column. */
  readonly byHue: ReadonlyMap<Hue, Float64Array>;
  /** The most in any column, all hues together; never 0. */
  readonly most: number;
  /** Columns in which something ended in failure. */
  readonly failures: readonly number[];
}

/**
 * The length of an axis that grows, rounded up by at most half a column: what is drawn of it stays the same for some
 * ticks of the clock.
 */
export function steppedLength(length: number, columns: number): number {
  const step = 2 ** Math.floor(Math.log2(Math.max(length, 1) / (2 * columns)));
  return step <= 1 ? length : Math.ceil(length / step) * step;
}

/** Two passes: starts and ends are noted a column each, then summed up. O(rows + columns). */
export function activity(
  index: TraceIndex,
  scale: TimeScale,
  servedAt: Nanos,
  columns: number,
): Activity {
  const column = (nanos: number): number =>
    Math.min(columns - 1, Math.max(0, Math.floor((nanos / scale.length) * columns)));
  const byHue = new Map<Hue, Float64Array>();
  index.rows.forEach((row, position) => {
    if (hasChildren(index, position)) return;
    const hue = kindHue(row.kind);
    let changes = byHue.get(hue);
    if (!changes) byHue.set(hue, (changes = new Float64Array(columns + 1)));
    const first = column(Number(row.start - scale.start));
    const last = column(barEnd(row, scale, servedAt));
    changes[first] = (changes[first] ?? 0) + 1;
    changes[last + 1] = (changes[last + 1] ?? 0) - 1;
  });

  const whole = new Float64Array(columns);
  for (const [hue, changes] of byHue) {
    const sums = new Float64Array(columns);
    let running = 0;
    for (let at = 0; at < columns; at += 1) {
      running += changes[at] ?? 0;
      sums[at] = running;
      whole[at] = (whole[at] ?? 0) + running;
    }
    byHue.set(hue, sums);
  }
  const failures = new Set<number>();
  for (const position of index.causes) {
    const row = index.rows[position];
    if (row) failures.add(column(barEnd(row, scale, servedAt)));
  }
  return {
    columns,
    byHue,
    most: Math.max(1, ...whole),
    failures: [...failures].sort((a, b) => a - b),
  };
}

/**
 * One area a hue, each standing on the ones before it, as SVG paths in a box of `columns` by `height`. A column in
 * which anything ran is seen, whatever ran in the others.
 */
export function stackedPaths(
  { columns, byHue, most }: Activity,
  height: number,
): readonly (readonly [Hue, string])[] {
  const below = new Float64Array(columns);
  const whole = new Float64Array(columns);
  for (const amounts of byHue.values()) {
    amounts.forEach((amount, at) => (whole[at] = (whole[at] ?? 0) + amount));
  }
  return ACTIVITY_HUES.flatMap((hue): readonly (readonly [Hue, string])[] => {
    const amounts = byHue.get(hue);
    if (!amounts) return [];
    const parts: string[] = [];
    for (let at = 0; at < columns; at += 1) {
      const amount = amounts[at] ?? 0;
      const floor = below[at] ?? 0;
      if (amount === 0) continue;
      const all = whole[at] ?? amount;
      const tall = (amount / all) * Math.max(LEAST_HEIGHT, (all / most) * height);
      const top = height - floor - tall;
      parts.push(`M${at} ${top.toFixed(2)}h1v${tall.toFixed(2)}h-1z`);
      below[at] = floor + tall;
    }
    return [[hue, parts.join("")]];
  });
}
