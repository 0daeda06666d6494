/** A list of executions, newest first, that grows at both ends. */

import { isUnfinished, type Execution, type ExecutionStatus } from "../model/execution";
import type { CanvasSource, ExecutionPage } from "../model/source";
import { createResource, type Resource } from "./resource";
import { POLL_MILLISECONDS, type Timer } from "./traceReader";

/** Nothing runs: somebody else may still start something. */
const IDLE_MILLISECONDS = 15_000;

export interface HistoryQuery {
  readonly workflowId: string | null;
  readonly status: ExecutionStatus | null;
}

export function createHistory(
  source: CanvasSource,
  query: HistoryQuery,
  timer: Timer,
): Resource<ExecutionPage> {
  return createResource(
    (signal) => source.listExecutions({ ...query, cursor: null }, signal),
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
