/** Which span tells why an execution failed. */

import type { Execution } from "./execution";
import { children, isFailure, type TraceIndex } from "./traceIndex";

/**
 * The deepest failing span: from the span that the execution names as its cause (else from the
 * first failing root) down the chain of failures, at each step the child that failed last, since
 * the attempts before it were survived. `null` when nothing failed.
 */
export function deepestFailingSpan(index: TraceIndex, execution: Execution): string | null {
  let position = startOfChain(index, execution);
  if (position === null) return null;
  for (;;) {
    const next = lastFailedChild(index, position);
    if (next === null) return index.rows[position]?.spanId ?? null;
    position = next;
  }
}

function startOfChain(index: TraceIndex, execution: Execution): number | null {
  const named = execution.cause?.spanId;
  const position = named ? index.positionOf.get(named) : undefined;
  if (position !== undefined) return position;
  const nodeId = execution.cause?.nodeId;
  const byNode = nodeId ? index.rows.findIndex((r) => r.nodeId === nodeId && isFailure(r)) : -1;
  if (byNode >= 0) return byNode;
  const first = index.rows.findIndex(isFailure);
  return first >= 0 ? first : null;
}

function lastFailedChild(index: TraceIndex, position: number): number | null {
  let found: number | null = null;
  let latest = -1n;
  for (const child of children(index, position)) {
    const row = index.rows[child];
    if (!row || !isFailure(row)) continue;
    const moment = row.end ?? row.start;
    if (moment >= latest) {
      found = child;
      latest = moment;
    }
  }
  return found;
}

/** The span that started last among those that are still running: what a live trace follows. */
export function newestRunningSpan(index: TraceIndex): string | null {
  let found: string | null = null;
  let latest = -1n;
  for (const row of index.rows) {
    if (row.status === "running" && row.start >= latest) {
      found = row.spanId;
      latest = row.start;
    }
  }
  return found;
}
