/** The header's first words: how an execution went, where and why, in a sentence. */

import { deepestFailingSpan, newestRunningSpan } from "../trace/failingSpan";
import { plural } from "./format";
import type { Execution } from "../trace/execution";
import type { Row, Trace } from "../trace/trace";
import { ancestors, children, type TraceIndex } from "../trace/traceIndex";

type Tone = "good" | "bad" | "warn" | "live" | "idle";

export interface Verdict {
  readonly tone: Tone;
  readonly word: string;
  /** Goes on after the word: `in “escalate” after 2 retries: ThrottlingException`. */
  readonly sentence: string;
  /** What the failing code said, where it said something. */
  readonly message: string | null;
  /** The span that the sentence speaks of. */
  readonly spanId: string | null;
}

export function verdict(trace: Trace, index: TraceIndex): Verdict {
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
    case "untraced":
      return plain("warn", "Untraced", "it ran, but its trace was not recorded");
  }
}

function plain(tone: Tone, word: string, sentence: string): Verdict {
  return { tone, word, sentence, message: null, spanId: null };
}

function succeeded(index: TraceIndex): Verdict {
  const failures = index.causes;
  const [first] = failures;
  if (first === undefined) return plain("good", "Succeeded", "");
  return {
    ...plain("good", "Succeeded", `with ${plural(failures.length, "error")} on the way`),
    spanId: index.rows[first]?.spanId ?? null,
  };
}

function failed(execution: Execution, index: TraceIndex): Verdict {
  const spanId = deepestFailingSpan(index, execution);
  const position = spanId === null ? undefined : index.positionOf.get(spanId);
  const row = position === undefined ? undefined : index.rows[position];
  const cause = execution.cause;
  const errorType = cause?.errorType ?? row?.error?.type ?? "";
  const node = position === undefined ? null : nodeAround(index, position);
  const place = node?.name ?? cause?.nodeId ?? null;
  const retries = node ? retriesOf(index, node) : 0;
  const sentence = [
    place === null ? "" : `in “${place}”`,
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

function lost(execution: Execution, index: TraceIndex): Verdict {
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

function running(index: TraceIndex): Verdict {
  const spanId = newestRunningSpan(index);
  const position = spanId === null ? undefined : index.positionOf.get(spanId);
  const node = position === undefined ? null : nodeAround(index, position);
  return { ...plain("live", "Running", node ? `“${node.name}”` : ""), spanId };
}

/** The workflow's step that a span belongs to: itself or the nearest node above it. */
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
