/** The runs of the same workflow before and after one, and the last good one. */

import type { Execution } from "../model/execution";
import type { CanvasSource, ExecutionQuery } from "../model/source";

const EVERYTHING: Omit<ExecutionQuery, "workflowId"> = {
  status: null,
  cursor: null,
  startedFrom: null,
  startedTo: null,
};

/** The next newer (1) or older (-1) run; null at either end. */
export async function neighbourOf(
  source: CanvasSource,
  execution: Execution,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<Execution | null> {
  const { workflowId, startedAt } = execution;
  const query = { ...EVERYTHING, workflowId };
  const { items } = await source.listExecutions(
    direction === -1
      ? { ...query, startedTo: startedAt }
      : { ...query, startedFrom: startedAt + 1n },
    signal,
  );
  // Newest first: of the later ones the last is the nearest.
  return (direction === -1 ? items[0] : items.at(-1)) ?? null;
}

/** The newest run before this one that succeeded. */
export async function lastGoodBefore(
  source: CanvasSource,
  execution: Execution,
  signal: AbortSignal,
): Promise<Execution | null> {
  const { workflowId, startedAt } = execution;
  const query = { ...EVERYTHING, workflowId, status: "succeeded" as const, startedTo: startedAt };
  return (await source.listExecutions(query, signal)).items[0] ?? null;
}
