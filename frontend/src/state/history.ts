/** A list of executions, newest first, that grows at both ends. */

import {
  isUnfinished,
  type Execution,
  type ExecutionStatus,
  type UnreadableExecution,
} from "../model/execution";
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

/** Executions and those that cannot be read in one list, each of the latter where its start belongs. */
export function inOrder(
  executions: readonly Execution[],
  unreadable: readonly UnreadableExecution[],
): readonly (Execution | UnreadableExecution)[] {
  const left = [...unreadable].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const merged: (Execution | UnreadableExecution)[] = [];
  for (const execution of executions) {
    while (left[0] && left[0].startedAt >= execution.startedAt) merged.push(...left.splice(0, 1));
    merged.push(execution);
  }
  return [...merged, ...left];
}

/** The first page as it is now, then what older pages held beyond it; no execution twice. */
export function withOlder<E extends { readonly executionId: string }>(
  first: readonly E[],
  older: readonly E[],
): readonly E[] {
  const known = new Set(first.map(({ executionId }) => executionId));
  return [...first, ...older.filter(({ executionId }) => !known.has(executionId))];
}
