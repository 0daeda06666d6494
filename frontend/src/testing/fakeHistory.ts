/**
 * A history that is listed as the API does it: in order, by bounds and filters, in pages of a bounded amount of work.
 */

import { isListedBefore, type Execution } from "../model/trace/execution";
import type { CanvasSource, ExecutionPage, ExecutionQuery } from "../model/trace/source";

type Listing = Pick<CanvasSource, "listExecutions">;

export interface FakeHistory extends Listing {
  readonly executions: Execution[];
  /** What was asked, in order. */
  readonly asked: ExecutionQuery[];
}

export function fakeHistory(
  executions: readonly Execution[],
  { limit = 50, mostLookedAt = 300 } = {},
): FakeHistory {
  const history: FakeHistory = {
    executions: [...executions],
    asked: [],
    listExecutions: (query) => {
      history.asked.push(query);
      return Promise.resolve(pageOf(history.executions, query, limit, mostLookedAt));
    },
  };
  return history;
}

function pageOf(
  executions: readonly Execution[],
  query: ExecutionQuery,
  limit: number,
  mostLookedAt: number,
): ExecutionPage {
  const oldestFirst = executions
    .filter(({ workflowId }) => query.workflowId === null || workflowId === query.workflowId)
    .filter(({ listedAt }) => query.startedFrom === null || listedAt >= query.startedFrom)
    .filter(({ listedAt }) => query.startedTo === null || listedAt < query.startedTo)
    .sort((one, other) => (isListedBefore(one, other) ? -1 : 1));
  const listed = query.isOldestFirst ? oldestFirst : oldestFirst.reverse();
  const start = query.cursor === null ? 0 : positionAfter(listed, query.cursor);
  const items: Execution[] = [];
  let at = start;
  while (at < listed.length && at - start < mostLookedAt && items.length < limit) {
    const execution = listed[at];
    if (execution && (query.status === null || execution.status === query.status)) {
      items.push(execution);
    }
    at += 1;
  }
  const last = at < listed.length ? listed[at - 1] : undefined;
  return {
    items,
    passedOver: at - start - items.length,
    lookedThrough: last?.listedAt ?? null,
    nextCursor: last?.executionId ?? null,
  };
}

/** A cursor is the id of the last execution that was looked at. */
function positionAfter(listed: readonly Execution[], cursor: string): number {
  return listed.findIndex(({ executionId }) => executionId === cursor) + 1;
}
