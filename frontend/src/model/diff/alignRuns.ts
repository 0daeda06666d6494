/** Compares two runs of a workflow node by node: time, tokens, cost, path and text. */

import { executionLength, type Execution } from "../trace/execution";
import { rowWord } from "../labels/describe";
import { exactCount, formatCost, formatNanos, plural } from "../labels/format";
import { spanLength } from "../time/timeScale";
import { added, amountsAt, type Totals } from "../trace/totals";
import { worseOf, type NodeEnding } from "../trace/nodeRuns";
import type { Trace } from "../trace/trace";
import { isFailure, type TraceIndex } from "../trace/traceIndex";

/** The most spans that are read when a node is opened. */
const MOST_TELLING = 5;

export interface RunSide {
  readonly trace: Trace;
  readonly index: TraceIndex;
  readonly sums: Totals;
}

export interface NodeSide {
  readonly spanId: string;
  readonly name: string;
  /** How its worst span ended. */
  readonly ending: NodeEnding;
  /** Null where none of its spans has an end. */
  readonly nanos: number | null;
  /** Null where none were reported. */
  readonly tokens: number | null;
  readonly costNanoUsd: number | null;
  readonly attempts: number;
  /** What it failed with; empty when it did not. */
  readonly errorType: string;
  /** The first characters of what came out, or of the error. */
  readonly text: string;
  /** The spans whose texts are compared: the node's own, and the model calls inside it. */
  readonly telling: readonly string[];
}

export interface NodePair {
  readonly nodeId: string;
  readonly left: NodeSide | null;
  readonly right: NodeSide | null;
  /** Ran on one side only, or ended in another way. */
  readonly isPathDifferent: boolean;
  readonly isTextDifferent: boolean;
}

/** Pairs the nodes of two runs, in the order of the left run; nodes that only the right run has follow. */
export function alignRuns(left: RunSide, right: RunSide): readonly NodePair[] {
  const lefts = nodesOf(left);
  const rights = nodesOf(right);
  return [...new Set([...lefts.keys(), ...rights.keys()])].map((nodeId) => {
    const one = lefts.get(nodeId) ?? null;
    const other = rights.get(nodeId) ?? null;
    return {
      nodeId,
      left: one,
      right: other,
      isPathDifferent: endedAs(one) !== endedAs(other) || one?.attempts !== other?.attempts,
      isTextDifferent: one !== null && other !== null && one.text !== other.text,
    };
  });
}

function endedAs(side: NodeSide | null): string | null {
  return side && rowWord(side.ending);
}

function nodesOf({ trace, index, sums }: RunSide): Map<string, NodeSide> {
  const found = new Map<string, NodeSide>();
  index.rows.forEach((row, position) => {
    const above = index.rows[index.parent[position] ?? -1];
    if (row.nodeId === null || above?.nodeId === row.nodeId) return;
    const before = found.get(row.nodeId);
    const length = spanLength(row, trace.servedAt);
    const { inputTokens, outputTokens, costNanoUsd } = amountsAt(sums, position);
    found.set(row.nodeId, {
      spanId: before && !isFailure(row) ? before.spanId : row.spanId,
      name: row.name,
      ending: worseOf(before?.ending, row),
      nanos: added(before?.nanos ?? null, length === null ? null : Number(length)),
      tokens: added(before?.tokens ?? null, added(inputTokens, outputTokens)),
      costNanoUsd: added(before?.costNanoUsd ?? null, costNanoUsd),
      attempts: (before?.attempts ?? 0) + attemptsOf(index, position),
      errorType: row.error?.type ?? before?.errorType ?? "",
      telling: [...(before?.telling ?? []), ...tellingSpans(index, position)].slice(
        0,
        MOST_TELLING,
      ),
      text: row.error?.message ?? row.outputPreview ?? before?.text ?? "",
    });
  });
  return found;
}

function tellingSpans(index: TraceIndex, position: number): readonly string[] {
  const end = index.subtreeEnd[position] ?? position + 1;
  return index.rows
    .slice(position, end)
    .filter((row, at) => at === 0 || row.kind === "model")
    .slice(0, MOST_TELLING)
    .map(({ spanId }) => spanId);
}

/** Describes each difference of the right run from the left in a few words. */
export function differences(
  left: RunSide,
  right: RunSide,
  pairs: readonly NodePair[],
): readonly string[] {
  const [one, other] = [left.trace.execution, right.trace.execution];
  const alone = pairs.filter((pair) => pair.left === null || pair.right === null).length;
  const otherwise = pairs.flatMap(({ left: before, right: after }) =>
    before && after && endedAs(before) !== endedAs(after)
      ? [`“${after.name}” ended otherwise`]
      : [],
  );
  return [
    ...changeWords(
      lengthOf(left.trace),
      lengthOf(right.trace),
      ["longer", "shorter", "as long"],
      formatNanos,
    ),
    ...changeWords(
      tokensOf(one),
      tokensOf(other),
      ["tokens more", "tokens less", "as many tokens"],
      exactCount,
    ),
    ...changeWords(
      one.counters.costNanoUsd,
      other.counters.costNanoUsd,
      ["more", "less", "as much"],
      formatCost,
    ),
    ...(alone > 0 ? [`${plural(alone, "node")} ran in one of them only`] : []),
    ...otherwise,
  ];
}

/** Nanoseconds, up to the reading while it runs; null where its end is not known. */
export function lengthOf({ execution, servedAt }: Trace): number | null {
  const length = executionLength(execution, servedAt);
  return length === null ? null : Number(length);
}

/** Null where no call has reported any. */
export function tokensOf({ counters }: Execution): number | null {
  return added(counters.inputTokens, counters.outputTokens);
}

/** Nothing where one of the two is not known. */
function changeWords(
  from: number | null,
  to: number | null,
  [more, less, same]: readonly [string, string, string],
  format: (value: number) => string,
): readonly string[] {
  if (from === null || to === null) return [];
  if (from === to) return [same];
  return [`${format(Math.abs(to - from))} ${to > from ? more : less}`];
}

function attemptsOf(index: TraceIndex, position: number): number {
  let count = 0;
  const end = index.subtreeEnd[position] ?? position + 1;
  for (let child = position + 1; child < end; child = index.subtreeEnd[child] ?? end) {
    if (index.rows[child]?.kind === "attempt") count += 1;
  }
  return Math.max(1, count);
}
