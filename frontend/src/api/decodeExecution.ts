import {
  EXECUTION_STATUSES,
  type Cause,
  type Completeness,
  type Counters,
  type Deletion,
  type Execution,
  type Exporters,
  type Hold,
  type UnreadableExecution,
  type Usage,
} from "../model/trace/execution";
import type { ExecutionPage } from "../model/trace/source";
import { Fields, textItem } from "./fields";
import type {
  WireCause,
  WireCompleteness,
  WireCounters,
  WireDeletion,
  WireExecution,
  WireExecutions,
  WireExporters,
  WireHold,
  WireUnreadableExecution,
  WireUsage,
} from "./wire";

type Path = () => string;

/** In the history, which does not have it: only the trace does. */
const UNKNOWN_COMPLETENESS: Completeness = { expected: [], received: [], missing: [] };

/** Decodes an execution as the trace and the history give it. */
export function decodeExecution(value: unknown, path: Path): Execution {
  const fields = Fields.of<WireExecution>(value, path);
  const startedAt = fields.nanos("started_at_unix_nano");
  const externalId = fields.textOrNull("external_id");
  const spansFrom = fields.textOrNull("spans_from");
  const hold = fields.objectOrNull("hold", decodeHold);
  const deletion = fields.objectOrNull("deletion", decodeDeletion);
  return {
    executionId: fields.text("execution_id"),
    ...(externalId !== null && { externalId }),
    workflowId: fields.text("workflow_id"),
    workflowName: fields.text("workflow_name"),
    workflowVersion: fields.text("workflow_version"),
    traceId: fields.text("trace_id"),
    status: fields.oneOf("status", EXECUTION_STATUSES),
    startedAt,
    beganAt: fields.nanosOrNull("queued_until_unix_nano") ?? startedAt,
    listedAt: fields.nanosOrNull("listed_at_unix_nano") ?? startedAt,
    endedAt: fields.nanosOrNull("ended_at_unix_nano"),
    deadline: fields.nanosOrNull("deadline_unix_nano"),
    cause: fields.objectOrNull("cause", decodeCause),
    counters: fields.object("counters", decodeCounters),
    completeness: fields.objectOrNull("completeness", decodeCompleteness) ?? UNKNOWN_COMPLETENESS,
    exporters: fields.object("exporters", decodeExporters),
    startedBy: fields.text("started_by"),
    expiresAt: fields.numberOrNull("expires_at"),
    traceUrl: fields.textOrNull("trace_url"),
    sessionId: fields.textOrNull("session_id"),
    ...(deletion !== null && { deletion }),
    ...(hold !== null && { hold }),
    ...(fields.json("is_newer") === true && { isNewer: true }),
    ...(spansFrom !== null && { spansFrom }),
    ...(fields.json("is_unregistered") === true && { isUnregistered: true }),
  };
}

/** Decodes one page of the history. */
export function decodeExecutionPage(value: unknown): ExecutionPage {
  const fields = Fields.of<WireExecutions>(value, () => "");
  return {
    items: fields.list("items", decodeExecution),
    unreadable: fields.list("unreadable", decodeUnreadable),
    passedOver: fields.numberOrNull("passed_over") ?? 0,
    lookedThrough: fields.nanosOrNull("looked_through_unix_nano"),
    nextCursor: fields.textOrNull("next_cursor"),
  };
}

function decodeUnreadable(value: unknown, path: Path): UnreadableExecution {
  const fields = Fields.of<WireUnreadableExecution>(value, path);
  return {
    executionId: fields.text("execution_id"),
    startedAt: fields.nanos("started_at_unix_nano"),
    why: fields.oneOf("why", ["newer_version", "malformed"]),
  };
}

/** Decodes the tokens of a call; input or output that was not reported is null. */
export function decodeUsage(value: unknown, path: Path): Usage {
  const fields = Fields.of<WireUsage>(value, path);
  return {
    inputTokens: fields.numberOrNull("input_tokens"),
    outputTokens: fields.numberOrNull("output_tokens"),
    cacheReadTokens: fields.number("cache_read_tokens"),
    cacheWriteTokens: fields.number("cache_write_tokens"),
    reasoningTokens: fields.number("reasoning_tokens"),
  };
}

function decodeHold(value: unknown, path: Path): Hold {
  const fields = Fields.of<WireHold>(value, path);
  return { heldAt: fields.nanos("held_at_unix_nano"), heldBy: fields.text("held_by") };
}

function decodeDeletion(value: unknown, path: Path): Deletion {
  const fields = Fields.of<WireDeletion>(value, path);
  return {
    deletedAt: fields.nanos("deleted_at_unix_nano"),
    deletedBy: fields.text("deleted_by"),
    status: fields.oneOf("status", EXECUTION_STATUSES),
    isComplete: fields.json("is_complete") === true,
  };
}

function decodeCause(value: unknown, path: Path): Cause {
  const fields = Fields.of<WireCause>(value, path);
  return {
    nodeId: fields.textOrNull("node_id"),
    spanId: fields.textOrNull("span_id"),
    errorType: fields.text("error_type"),
    message: fields.text("message"),
  };
}

function decodeCounters(value: unknown, path: Path): Counters {
  const fields = Fields.of<WireCounters>(value, path);
  return {
    ...decodeUsage(value, path),
    spans: fields.number("spans"),
    errors: fields.number("errors"),
    costNanoUsd: fields.numberOrNull("cost_nano_usd"),
    unpriced: fields.number("unpriced"),
    unreportedCalls: fields.numberOrNull("unreported_calls") ?? 0,
    dropped: fields.number("dropped"),
  };
}

function decodeExporters(value: unknown, path: Path): Exporters {
  const fields = Fields.of<WireExporters>(value, path);
  return {
    store: fields.textOrNull("store"),
    otlp: fields.textOrNull("otlp"),
    otlpFailingSince: fields.nanosOrNull("otlp_since_unix_nano"),
    otlpReason: fields.textOrNull("otlp_reason"),
    otlpDropped: fields.numberOrNull("otlp_dropped") ?? 0,
    otlpDroppedBy: fields.list("otlp_dropped_by", textItem),
  };
}

function decodeCompleteness(value: unknown, path: Path): Completeness {
  const fields = Fields.of<WireCompleteness>(value, path);
  return {
    expected: fields.list("expected", textItem),
    received: fields.list("received", textItem),
    missing: fields.list("missing", textItem),
  };
}
