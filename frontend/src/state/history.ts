/** A list of executions, newest first, that grows at both ends. */

import { isUnfinished, type Execution, type ExecutionStatus } from "../model/execution";
import type { CanvasSource, ExecutionPage, ExecutionQuery } from "../model/source";
import { nanosFromMilliseconds } from "../model/time";
import { createResource, type Resource } from "./resource";
import type { Timer } from "./polling";
import { POLL_MILLISECONDS } from "./traceReader";

/** Nothing runs: somebody else may still start something. */
const IDLE_MILLISECONDS = 2_000;

export interface HistoryQuery {
  readonly workflowId: string | null;
  readonly status: ExecutionStatus | null;
  /** Only what started in the last so many seconds; null for all. */
  readonly seconds: number | null;
}

/** The query as it is at a moment: the time it reaches back to moves on. */
export function asExecutionQuery(
  { workflowId, status, seconds }: HistoryQuery,
  cursor: string | null,
  nowMilliseconds: number,
): ExecutionQuery {
  const startedFrom =
    seconds === null ? null : nanosFromMilliseconds(nowMilliseconds - seconds * 1_000);
  return { workflowId, status, cursor, startedFrom, startedTo: null };
}

export function createHistory(
  source: CanvasSource,
  query: HistoryQuery,
  timer: Timer,
  now: () => number = Date.now,
): Resource<ExecutionPage> {
  return createResource(
    (signal) => source.listExecutions(asExecutionQuery(query, null, now()), signal),
    timer,
    (page) => (page.items.some(isUnfinished) ? POLL_MILLISECONDS : IDLE_MILLISECONDS),
  );
}

/** The first page as it is now, then what older pages held beyond it; no execution twice. */
export function withOlder(
  first: readonly Execution[],
  older: readonly Execution[],
): readonly Execution[] {
  const known = new Set(first.map(({ executionId }) => executionId));
  return [...first, ...older.filter(({ executionId }) => !known.has(executionId))];
}
