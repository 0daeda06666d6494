/** Summarises the outcome of an execution for the header: its status, where and why, in one sentence. */

import { deepestFailingSpan, newestRunningSpan } from "../trace/failingSpan";
import { exactCount, formatMoment } from "./format";
import type { Execution } from "../trace/execution";
import type { Row, Trace } from "../trace/trace";
import { ancestors, children, type TraceIndex } from "../trace/traceIndex";

/** What a status means at a glance; each has a colour. */
export type Tone = "good" | "bad" | "warn" | "live" | "idle";

export interface OutcomeSummary {
  readonly tone: Tone;
  readonly word: string;
  /** Follows the word: `in “escalate” after 2 retries: ThrottlingException`. */
  readonly sentence: string;
  /** The message of the error, if there is one. */
  readonly message: string | null;
  /** The span that the sentence is about. */
  readonly spanId: string | null;
}

/** Returns the summary of an execution's outcome. */
export function outcomeSummary(trace: Trace, index: TraceIndex): OutcomeSummary {
  const { execution } = trace;
  switch (execution.status) {
    case "succeeded":
      return succeeded(index);
    case "failed":
      return failed(execution, index);
    case "lost":
      return lost(execution, index);
    case "running":
      return running(index);
    case "queued":
      return plain("idle", "Queued", "waiting for the executor to start");
    case "waiting":
      return waiting(index);
    case "cancelled":
      return plain("idle", "Cancelled", "its result was not wanted any more");
    case "deleted":
      return plain("idle", "Deleted", deletedWhen(trace));
    case "untraced":
      return plain("warn", "Untraced", "it ran, but its trace was not recorded");
  }
}

/** Returns `on 29 Nov, 18:21 by ada; before, it was failed`. */
function deletedWhen({ execution: { deletion }, servedAt }: Trace): string {
  if (deletion === undefined) return "";
  const rest = deletion.isComplete ? "" : "; its stored copies are still being deleted";
  const when = formatMoment(deletion.deletedAt, servedAt);
  return `${when} by ${deletion.deletedBy}; before, it was ${deletion.status}${rest}`;
}

function plain(tone: Tone, word: string, sentence: string): OutcomeSummary {
  return { tone, word, sentence, message: null, spanId: null };
}

function succeeded(index: TraceIndex): OutcomeSummary {
  const failures = index.causes;
  const [first] = failures;
  if (first === undefined) return plain("good", "Succeeded", "");
  // Not "5 errors": the toolbar counts the spans that each of them made fail, too.
  const errors =
    failures.length === 1 ? "an error below" : `errors in ${exactCount(failures.length)} places`;
  return {
    ...plain("good", "Succeeded", `with ${errors}`),
    spanId: index.rows[first]?.spanId ?? null,
  };
}

function waiting(index: TraceIndex): OutcomeSummary {
  const position = index.rows.findLastIndex((row) => row.marks.includes("interrupted"));
  const row = index.rows[position];
  if (row === undefined) return plain("warn", "Waiting", "for an answer");
  const node = nodeAround(index, position) ?? row;
  return { ...plain("warn", "Waiting", `in “${node.name}” for an answer`), spanId: row.spanId };
}

function failed(execution: Execution, index: TraceIndex): OutcomeSummary {
  const spanId = deepestFailingSpan(index, execution);
  const position = spanId === null ? undefined : index.positionOf.get(spanId);
  const row = position === undefined ? undefined : index.rows[position];
  const cause = execution.cause;
  const errorType = cause?.errorType ?? row?.error?.type ?? "";
  const node = position === undefined ? null : nodeAround(index, position);
  const nodeName = node?.name ?? cause?.nodeId ?? null;
  const retries = node ? retriesOf(index, node) : 0;
  const sentence = [
    nodeName === null ? "" : `in “${nodeName}”`,
    retries > 0 ? `after ${retries} ${retries === 1 ? "retry" : "retries"}` : "",
  ]
    .filter(Boolean)
    .join(" ");
  return {
    tone: "bad",
    word: "Failed",
    sentence: errorType ? `${sentence}${sentence ? ": " : "with "}${errorType}` : sentence,
    message: cause?.message ?? row?.error?.message ?? null,
    spanId,
  };
}

function lost(execution: Execution, index: TraceIndex): OutcomeSummary {
  const spanId = deepestFailingSpan(index, execution);
  const position = spanId === null ? undefined : index.positionOf.get(spanId);
  const node = position === undefined ? null : nodeAround(index, position);
  return {
    tone: "bad",
    word: "Lost",
    sentence: node
      ? `in “${node.name}”: its deadline passed without an end`
      : "its deadline passed",
    message: execution.cause?.message ?? null,
    spanId,
  };
}

function running(index: TraceIndex): OutcomeSummary {
  const spanId = newestRunningSpan(index);
  const position = spanId === null ? undefined : index.positionOf.get(spanId);
  const node = position === undefined ? null : nodeAround(index, position);
  return { ...plain("live", "Running", node ? `“${node.name}”` : ""), spanId };
}

/** Returns the nearest row, from the span itself upwards, that is a node of the workflow. */
function nodeAround(index: TraceIndex, position: number): Row | null {
  for (const candidate of [position, ...ancestors(index, position)]) {
    const row = index.rows[candidate];
    if (row?.kind === "node" || row?.kind === "map") return row;
  }
  return null;
}

function retriesOf(index: TraceIndex, node: Row): number {
  const position = index.positionOf.get(node.spanId);
  if (position === undefined) return 0;
  let attempts = 0;
  for (const child of children(index, position)) {
    if (index.rows[child]?.kind === "attempt") attempts += 1;
  }
  return Math.max(0, Math.max(attempts, node.attempt ?? 0) - 1);
}
