/**
 * The chain of work that decided how long the execution took: what on it is made shorter makes the
 * whole shorter, what is beside it does not.
 *
 * Walked from the end backwards: at every moment the child that ended last is what its parent
 * waited for (as in Yang & Miller, "Critical Path Analysis for the Execution of Parallel and
 * Distributed Programs", and Jaeger's critical path). Where no child was at work, it is the span itself.
 */

import { barEnd, type TimeScale } from "../time/timeScale";
import { children, type TraceIndex } from "./traceIndex";
import type { Nanos } from "../time/time";

/** From and to are nanoseconds from the start of the axis. */
export interface PathStep {
  readonly position: number;
  readonly from: number;
  readonly to: number;
}

interface Visit {
  readonly position: number;
  readonly start: number;
  readonly children: readonly number[];
  next: number;
  cursor: number;
}

/** Steps from the last to the first, without holes below the roots. O(rows log rows), no recursion. */
export function criticalPath(
  index: TraceIndex,
  scale: TimeScale,
  servedAt: Nanos,
): readonly PathStep[] {
  const starts = Float64Array.from(index.rows, (row) => Number(row.start - scale.start));
  const ends = Float64Array.from(index.rows, (row) => barEnd(row, scale, servedAt));
  const startOf = (position: number): number => starts[position] ?? 0;
  const endOf = (position: number): number => ends[position] ?? 0;
  const latestFirst = (positions: number[]): readonly number[] =>
    positions.length < 2 ? positions : positions.sort((a, b) => endOf(b) - endOf(a) || b - a);

  const steps: PathStep[] = [];
  const add = (position: number, from: number, to: number): void => {
    if (to > from) steps.push({ position, from, to });
  };
  const stack: Visit[] = [];
  const enter = (position: number, until: number): void => {
    const start = startOf(position);
    const cursor = Math.min(until, endOf(position));
    stack.push({
      position,
      start,
      children: latestFirst(children(index, position)),
      next: 0,
      cursor,
    });
  };

  let until = scale.length;
  for (const root of latestFirst(roots(index))) {
    if (startOf(root) >= until) continue;
    enter(root, until);
    for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
      const child = visit.children[visit.next];
      if (child === undefined) {
        add(visit.position, visit.start, visit.cursor);
        stack.pop();
        continue;
      }
      visit.next += 1;
      const childStart = Math.max(startOf(child), visit.start);
      const childEnd = Math.min(endOf(child), visit.cursor);
      if (childStart >= visit.cursor || childEnd <= childStart) continue;
      add(visit.position, childEnd, visit.cursor);
      visit.cursor = childStart;
      enter(child, childEnd);
    }
    until = Math.min(until, startOf(root));
  }
  return steps;
}

function roots(index: TraceIndex): number[] {
  const found: number[] = [];
  for (let position = 0; position < index.rows.length; position = index.subtreeEnd[position] ?? 0) {
    found.push(position);
    if ((index.subtreeEnd[position] ?? 0) <= position) break;
  }
  return found;
}
