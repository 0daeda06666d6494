/** From a trace as it was read to all that is known of it, in steps, so that a large one stops nobody. */

import type { Usage } from "../model/trace/execution";
import { searchableSteps } from "../model/list/filter";
import { groupSiblings, type Siblings } from "../model/list/siblings";
import { timeScale, type TimeScale } from "../model/time/timeScale";
import type { Row, Trace } from "../model/trace/trace";
import { indexSteps, type TraceIndex } from "../model/trace/traceIndex";
import { outcomeSummary, type OutcomeSummary } from "../model/labels/outcomeSummary";
import { ROWS_PER_STEP } from "../model/scheduler";

/** What is known of a trace once it has been read. */
export interface LoadedTrace {
  readonly trace: Trace;
  readonly index: TraceIndex;
  readonly siblings: Siblings;
  readonly scale: TimeScale;
  readonly outcome: OutcomeSummary;
  /** @deprecated Its name is now `outcome`; this one goes with the next release. */
  readonly verdict: OutcomeSummary;
}

/** `before` is what was known until now: what of it is still so stays the same objects. */
export function* loadingSteps(
  read: Trace,
  before: LoadedTrace | null,
): Generator<undefined, LoadedTrace> {
  const trace = before ? { ...read, rows: yield* keptRows(read.rows, before.index) } : read;
  const index = yield* indexSteps(trace.rows);
  yield* searchableSteps(trace.rows);
  yield;
  const siblings = groupSiblings(index);
  yield;
  const scale = timeScale(trace);
  yield;
  const outcome = outcomeSummary(trace, index);
  return { trace, index, siblings, scale, outcome, verdict: outcome };
}

function* keptRows(
  rows: readonly Row[],
  { rows: known, positionOf }: TraceIndex,
): Generator<undefined, readonly Row[]> {
  const kept: Row[] = [];
  for (let position = 0; position < rows.length; position += 1) {
    if (position % ROWS_PER_STEP === 0) yield;
    const row = rows[position];
    if (!row) break;
    const before = known[positionOf.get(row.spanId) ?? -1];
    kept.push(before && isSameRow(before, row) ? before : row);
  }
  return kept;
}

/** All fields are held against each other: a row that grew a mark is another one. */
export function isSameRow(a: Row, b: Row): boolean {
  return (
    a === b ||
    (a.spanId === b.spanId &&
      a.parentSpanId === b.parentSpanId &&
      a.depth === b.depth &&
      a.name === b.name &&
      a.kind === b.kind &&
      a.nodeId === b.nodeId &&
      a.start === b.start &&
      a.end === b.end &&
      a.status === b.status &&
      a.error?.type === b.error?.type &&
      a.error?.message === b.error?.message &&
      a.model === b.model &&
      a.provider === b.provider &&
      isSameUsage(a.usage, b.usage) &&
      a.costNanoUsd === b.costNanoUsd &&
      a.inputPreview === b.inputPreview &&
      a.outputPreview === b.outputPreview &&
      a.attempt === b.attempt &&
      isSameList(a.artifacts, b.artifacts, (one, other) => one.artifactId === other.artifactId) &&
      isSameList(a.marks, b.marks, (one, other) => one === other))
  );
}

function isSameUsage(a: Usage | null, b: Usage | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.inputTokens === b.inputTokens &&
    a.outputTokens === b.outputTokens &&
    a.cacheReadTokens === b.cacheReadTokens &&
    a.cacheWriteTokens === b.cacheWriteTokens &&
    a.reasoningTokens === b.reasoningTokens
  );
}

function isSameList<T>(
  a: readonly T[],
  b: readonly T[],
  isSame: (one: T, other: T) => boolean,
): boolean {
  return (
    a.length === b.length &&
    a.every((item, at) => {
      const other = b[at];
      return other !== undefined && isSame(item, other);
    })
  );
}
