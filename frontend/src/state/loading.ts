/** Derives from a trace all that the tab shows of it, in steps, so that a large trace does not block the page. */

import type { Usage } from "../model/trace/execution";
import { searchableSteps } from "../model/list/filter";
import { groupSiblings, type Siblings } from "../model/list/siblings";
import { timeScale, type TimeScale } from "../model/time/timeScale";
import type { ArtifactRef, Row, SpanError, Trace } from "../model/trace/trace";
import { indexSteps, type TraceIndex } from "../model/trace/traceIndex";
import { outcomeSummary, type OutcomeSummary } from "../model/labels/outcomeSummary";
import { ROWS_PER_STEP } from "../model/scheduler";

/** A trace with everything that is derived from it. */
export interface LoadedTrace {
  readonly trace: Trace;
  readonly index: TraceIndex;
  readonly siblings: Siblings;
  readonly scale: TimeScale;
  readonly outcome: OutcomeSummary;
  /** @deprecated Its name is now `outcome`; this one goes with the next release. */
  readonly verdict: OutcomeSummary;
}

/** Derives a loaded trace. Rows that have not changed since `before` stay the same objects. */
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
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- hosts may read it for one more release
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

type IsSame<T> = (a: T, b: T) => boolean;

/**
 * Compares objects by a comparison for each field; a field of `T` that has none fails tsc. The comparisons get the
 * objects, not the values: reading fields by a variable name takes V8 ten times as long for 100,000 rows.
 */
function byFields<T extends object>(fields: Record<keyof T, IsSame<T>>): IsSame<T | null> {
  const comparisons = Object.values<IsSame<T>>(fields);
  return (a, b) => {
    if (a === null || b === null || a === b) return a === b;
    for (const isSame of comparisons) if (!isSame(a, b)) return false;
    return true;
  };
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSame: IsSame<T>): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index] as T));
}

const isSameUsage = byFields<Usage>({
  inputTokens: (a, b) => a.inputTokens === b.inputTokens,
  outputTokens: (a, b) => a.outputTokens === b.outputTokens,
  cacheReadTokens: (a, b) => a.cacheReadTokens === b.cacheReadTokens,
  cacheWriteTokens: (a, b) => a.cacheWriteTokens === b.cacheWriteTokens,
  reasoningTokens: (a, b) => a.reasoningTokens === b.reasoningTokens,
});

const isSameError = byFields<SpanError>({
  type: (a, b) => a.type === b.type,
  message: (a, b) => a.message === b.message,
});

const isSameArtifact = byFields<ArtifactRef>({
  artifactId: (a, b) => a.artifactId === b.artifactId,
  name: (a, b) => a.name === b.name,
  mediaType: (a, b) => a.mediaType === b.mediaType,
  bytes: (a, b) => a.bytes === b.bytes,
});

/** Says whether two rows have the same values in all fields. */
export const isSameRow = byFields<Row>({
  spanId: (a, b) => a.spanId === b.spanId,
  parentSpanId: (a, b) => a.parentSpanId === b.parentSpanId,
  depth: (a, b) => a.depth === b.depth,
  name: (a, b) => a.name === b.name,
  kind: (a, b) => a.kind === b.kind,
  nodeId: (a, b) => a.nodeId === b.nodeId,
  start: (a, b) => a.start === b.start,
  end: (a, b) => a.end === b.end,
  status: (a, b) => a.status === b.status,
  error: (a, b) => isSameError(a.error, b.error),
  model: (a, b) => a.model === b.model,
  provider: (a, b) => a.provider === b.provider,
  usage: (a, b) => isSameUsage(a.usage, b.usage),
  costNanoUsd: (a, b) => a.costNanoUsd === b.costNanoUsd,
  inputPreview: (a, b) => a.inputPreview === b.inputPreview,
  outputPreview: (a, b) => a.outputPreview === b.outputPreview,
  attempt: (a, b) => a.attempt === b.attempt,
  timeToFirstTokenNano: (a, b) => a.timeToFirstTokenNano === b.timeToFirstTokenNano,
  scores: (a, b) => a.scores === b.scores,
  artifacts: (a, b) => isSameList(a.artifacts, b.artifacts, isSameArtifact),
  marks: (a, b) => isSameList(a.marks, b.marks, (one, other) => one === other),
});
