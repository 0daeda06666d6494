/** How much was going on when, by hue: what the minimap draws. */

import { kindHue, type Hue } from "./kinds";
import { barEnd, type TimeScale } from "./timeScale";
import type { Nanos } from "./time";
import { hasChildren, type TraceIndex } from "./traceIndex";

export const ACTIVITY_HUES: readonly Hue[] = [
  "structure",
  "other",
  "artifact",
  "http",
  "retrieval",
  "tool",
  "agent",
  "model",
];

export interface Activity {
  readonly columns: number;
  /** Spans without children that were at work in each column. */
  readonly byHue: ReadonlyMap<Hue, Float64Array>;
  /** The most in any column, all hues together; never 0. */
  readonly most: number;
  /** Columns in which something ended in failure. */
  readonly failures: readonly number[];
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
