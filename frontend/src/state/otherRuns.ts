/** Finds other runs of the same workflow: the previous, the next, the last that succeeded. */

import { isListedBefore, type Execution } from "../model/trace/execution";
import type { CanvasSource, ExecutionQuery } from "../model/trace/source";

/** A good run that is further back is not looked for: five pages are 1,500 runs at most. */
const MOST_PAGES = 5;

/** The next newer (1) or older (-1) run; null at either end. */
export async function neighbourOf(
  source: CanvasSource,
  execution: Execution,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<Execution | null> {
  const query = direction === -1 ? upTo(execution) : from(execution);
  const isBeyond = (other: Execution): boolean =>
    direction === -1 ? isListedBefore(other, execution) : isListedBefore(execution, other);
  return firstOf(source, query, isBeyond, signal);
}

/** The newest run before this one that succeeded. */
export async function lastGoodBefore(
  source: CanvasSource,
  execution: Execution,
  signal: AbortSignal,
): Promise<Execution | null> {
  const query = { ...upTo(execution), status: "succeeded" as const };
  return firstOf(source, query, (other) => isListedBefore(other, execution), signal);
}

/** Of the same workflow, newest first, with the execution itself: others may have started at the same moment. */
function upTo({ workflowId, listedAt }: Execution): ExecutionQuery {
  return { workflowId, status: null, cursor: null, startedFrom: null, startedTo: listedAt + 1n };
}

/** Of the same workflow, oldest first, with the execution itself. */
function from({ workflowId, listedAt }: Execution): ExecutionQuery {
  return {
    workflowId,
    status: null,
    cursor: null,
    startedFrom: listedAt,
    startedTo: null,
    isOldestFirst: true,
  };
}

/** The first one that is wanted of the pages that a query has. */
async function firstOf(
  source: CanvasSource,
  query: ExecutionQuery,
  isWanted: (execution: Execution) => boolean,
  signal: AbortSignal,
): Promise<Execution | null> {
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await source.listExecutions({ ...query, cursor }, signal);
    const found = page.items.find(isWanted);
    if (found) return found;
    cursor = page.nextCursor;
    if (cursor === null) return null;
  }
  return null;
}
