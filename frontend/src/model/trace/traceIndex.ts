/** What the pre-order rows imply: parents, subtrees, errors inside. Built once a trace, O(rows). */

import { runToEnd, ROWS_PER_STEP } from "../scheduler";
import type { Row } from "./trace";

export interface TraceIndex {
  readonly rows: readonly Row[];
  readonly positionOf: ReadonlyMap<string, number>;
  /** Position of the parent, -1 for a root. */
  readonly parent: Int32Array;
  /** First position behind the row's subtree; equal to its own position + 1 for a leaf. */
  readonly subtreeEnd: Int32Array;
  /** Failed or lost spans in the subtree, the row itself not counted. */
  readonly failuresInside: Int32Array;
  /** Positions of the failures that no failure inside explains: each is a cause, not a consequence. */
  readonly causes: readonly number[];
  /** Depth as drawn: without the first attempts that are passed over. */
  readonly drawnDepth: Int32Array;
  /** 1 for a first attempt that needed no second: it repeats its node and gets no line of its own. */
  readonly isPassedOver: Uint8Array;
}

/** Builds the index of a trace at once. */
export function indexTrace(rows: readonly Row[]): TraceIndex {
  return runToEnd(indexSteps(rows));
}

/** Builds the index of a trace in steps. O(rows). */
export function* indexSteps(rows: readonly Row[]): Generator<undefined, TraceIndex> {
  const positionOf = new Map<string, number>();
  const parent = new Int32Array(rows.length).fill(-1);
  const subtreeEnd = new Int32Array(rows.length);
  const failuresInside = new Int32Array(rows.length);
  const open: number[] = [];

  const closeDownTo = (depth: number, end: number): void => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if ((rows[top]?.depth ?? 0) < depth) return;
      subtreeEnd[top] = end;
      open.pop();
    }
  };

  for (let position = 0; position < rows.length; position += 1) {
    if (position % ROWS_PER_STEP === 0) yield;
    const row = rows[position];
    if (!row) break;
    positionOf.set(row.spanId, position);
    closeDownTo(row.depth, position);
    parent[position] = open.at(-1) ?? -1;
    open.push(position);
  }
  closeDownTo(-1, rows.length);
  yield;

  const causes: number[] = [];
  for (let position = rows.length - 1; position >= 0; position -= 1) {
    const above = parent[position] ?? -1;
    const row = rows[position];
    if (!row) continue;
    const inside = failuresInside[position] ?? 0;
    const isBad = isFailure(row);
    if (isBad && inside === 0) causes.push(position);
    if (above >= 0) failuresInside[above] = (failuresInside[above] ?? 0) + inside + (isBad ? 1 : 0);
  }
  causes.reverse();
  yield;
  const isPassedOver = loneAttempts(rows, parent, subtreeEnd);
  const drawnDepth = new Int32Array(rows.length);
  for (let position = 0; position < rows.length; position += 1) {
    const above = parent[position] ?? -1;
    if (above < 0) continue;
    drawnDepth[position] = (drawnDepth[above] ?? 0) + (isPassedOver[above] === 1 ? 0 : 1);
  }
  return { rows, positionOf, parent, subtreeEnd, failuresInside, causes, drawnDepth, isPassedOver };
}

/** Only children of kind `attempt` that went well and carry nothing of their own. */
function loneAttempts(
  rows: readonly Row[],
  parent: Int32Array,
  subtreeEnd: Int32Array,
): Uint8Array {
  const found = new Uint8Array(rows.length);
  rows.forEach((row, position) => {
    if (row.kind !== "attempt" || row.status !== "ok") return;
    const above = parent[position] ?? -1;
    const isOnlyChild =
      above >= 0 && position === above + 1 && subtreeEnd[position] === subtreeEnd[above];
    if (isOnlyChild && row.artifacts.length === 0 && row.marks.length === 0) found[position] = 1;
  });
  return found;
}

/** The position whose line stands for a row: its own, or the node's of a passed-over attempt. */
export function lineFor(index: TraceIndex, position: number): number {
  return index.isPassedOver[position] === 1 ? (index.parent[position] ?? position) : position;
}

/** Says whether a span failed or is lost. */
export function isFailure(row: Row): boolean {
  return row.status === "error" || row.status === "lost";
}

/** Says whether a row has rows under it. */
export function hasChildren(index: TraceIndex, position: number): boolean {
  return (index.subtreeEnd[position] ?? 0) > position + 1;
}

/** Spans under the row, at any depth. */
export function descendantCount(index: TraceIndex, position: number): number {
  return (index.subtreeEnd[position] ?? position + 1) - position - 1;
}

/** Whether something is drawn under the row. */
export function hasLinesInside(index: TraceIndex, position: number): boolean {
  const first = position + 1;
  const end = index.subtreeEnd[position] ?? first;
  return end > first && !(end === first + 1 && index.isPassedOver[first] === 1);
}

/** Positions of the row's parents, nearest first. */
export function ancestors(index: TraceIndex, position: number): number[] {
  const found: number[] = [];
  for (let above = index.parent[position] ?? -1; above >= 0; above = index.parent[above] ?? -1) {
    found.push(above);
  }
  return found;
}

/** Positions of the row's children, in order. */
export function children(index: TraceIndex, position: number): number[] {
  const found: number[] = [];
  const end = index.subtreeEnd[position] ?? position + 1;
  for (let child = position + 1; child < end; child = index.subtreeEnd[child] ?? end) {
    found.push(child);
  }
  return found;
}
