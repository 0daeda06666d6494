/** How each node of the workflow went in one execution: what the graph shows on it. */

import type { Nanos } from "../time/time";
import { spanLength } from "../time/timeScale";
import { added, amountsAt, type Totals } from "./totals";
import type { Row, RowStatus } from "./trace";
import { isFailure, type TraceIndex } from "./traceIndex";

/** What says how a span ended, and why. */
export type NodeEnding = Pick<Row, "status" | "marks" | "error">;

export interface NodeRun {
  /** The span to go to: the last failed one, else the first. */
  readonly position: number;
  /** How its worst span ended. */
  readonly ending: NodeEnding;
  /** Nanoseconds, all of its spans together; null where none of them has an end. */
  readonly nanos: number | null;
  /** Null where none was reported. */
  readonly costNanoUsd: number | null;
  readonly times: number;
}

/** By node id; a node without a span is not in it. Spans inside a node's span are its own business. */
export function nodeRuns(
  index: TraceIndex,
  sums: Totals,
  servedAt: Nanos,
): ReadonlyMap<string, NodeRun> {
  const found = new Map<string, NodeRun>();
  index.rows.forEach((row, position) => {
    const above = index.rows[index.parent[position] ?? -1];
    if (row.nodeId === null || above?.nodeId === row.nodeId) return;
    const before = found.get(row.nodeId);
    const length = spanLength(row, servedAt);
    found.set(row.nodeId, {
      position: before && !isFailure(row) ? before.position : position,
      ending: worseOf(before?.ending, row),
      nanos: added(before?.nanos ?? null, length === null ? null : Number(length)),
      costNanoUsd: added(before?.costNanoUsd ?? null, amountsAt(sums, position).costNanoUsd),
      times: (before?.times ?? 0) + 1,
    });
  });
  return found;
}

const RANKS: Readonly<Record<RowStatus, number>> = {
  unset: 0,
  ok: 1,
  running: 2,
  lost: 3,
  error: 4,
};

/**
 * Returns the worse of two endings of one node, in the order of time: failed, lost, running, ok. Of two that are as
 * bad the later: a node that was interrupted and resumed has gone on.
 */
export function worseOf(before: NodeEnding | undefined, later: NodeEnding): NodeEnding {
  return before && RANKS[before.status] > RANKS[later.status] ? before : later;
}

/** The node that a span belongs to: its own or that of the nearest parent that has one. */
export function nodeOf(index: TraceIndex, position: number): string | null {
  for (let at = position; at >= 0; at = index.parent[at] ?? -1) {
    const nodeId = index.rows[at]?.nodeId;
    if (nodeId) return nodeId;
  }
  return null;
}
