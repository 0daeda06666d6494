import type {
  Cost,
  CostLine,
  Json,
  ModalTokens,
  Named,
  SpanDetail,
  SpanEvent,
  SpanVersion,
} from "../model/trace/span";
import type { Nanos } from "../model/time/time";
import { ROW_STATUSES } from "../model/trace/trace";
import { decodeContent, decodeEvaluation } from "./decodeContent";
import { decodeUsage } from "./decodeExecution";
import { decodeArtifactRef, decodeError } from "./decodeTrace";
import { Fields, textItem } from "./fields";
import type {
  WireCost,
  WireCostLine,
  WireEvent,
  WireModalTokens,
  WireNamed,
  WireScope,
  WireSpan,
  WireSpanVersion,
} from "./wire";

type Path = () => string;

/** Decodes the detail of a span. */
export function decodeSpan(value: unknown): SpanDetail {
  const fields = Fields.of<WireSpan>(value, () => "");
  return {
    spanId: fields.text("span_id"),
    traceId: fields.text("trace_id"),
    parentSpanId: fields.textOrNull("parent_span_id"),
    name: fields.text("name"),
    kind: fields.text("kind"),
    otelKind: fields.text("otel_kind"),
    nodeId: fields.textOrNull("node_id"),
    start: fields.nanos("start_time_unix_nano"),
    end: fields.nanosOrNull("end_time_unix_nano"),
    status: fields.oneOf("status", ROW_STATUSES),
    statusMessage: fields.textOrNull("status_message"),
    error: fields.objectOrNull("error", decodeError),
    model: fields.textOrNull("model"),
    provider: fields.textOrNull("provider"),
    usage: fields.objectOrNull("usage", decodeUsage),
    modalTokens: fields.list("modal_tokens", decodeModalTokens),
    cost: fields.objectOrNull("cost", decodeCost),
    timeToFirstToken: asNanos(fields.numberOrNull("time_to_first_token_nano")),
    agent: fields.objectOrNull("agent", decodeNamed),
    prompt: fields.objectOrNull("prompt", decodeNamed),
    evaluations: fields.list("evaluations", decodeEvaluation),
    attributes: fields.map("attributes"),
    events: fields.list("events", decodeEvent),
    links: fields.json("links") ?? [],
    resource: fields.map("resource"),
    scope: fields.objectOrNull("scope", decodeScope),
    artifacts: fields.list("artifacts", decodeArtifactRef),
    marks: fields.list("marks", textItem),
    receipts: decodeReceipts(fields.map("receipts")),
    otherVersions: fields.list("other_versions", decodeVersion),
    traceUrl: fields.textOrNull("trace_url"),
    contentAccess: fields.oneOf("content_access", ["granted", "denied", "not_captured", "expired"]),
    isRestricted: fields.textOrNull("restricted_access") === "denied",
    content: fields.objectOrNull("content", decodeContent),
    raw: value as Json,
  };
}

function asNanos(length: number | null): Nanos | null {
  return length === null ? null : BigInt(Math.round(length));
}

function decodeNamed(value: unknown, path: Path): Named {
  const fields = Fields.of<WireNamed>(value, path);
  return { name: fields.text("name"), version: fields.textOrNull("version") };
}

function decodeModalTokens(value: unknown, path: Path): ModalTokens {
  const fields = Fields.of<WireModalTokens>(value, path);
  return {
    modality: fields.text("modality"),
    inputTokens: fields.numberOrNull("input_tokens"),
    outputTokens: fields.numberOrNull("output_tokens"),
    cacheReadTokens: fields.numberOrNull("cache_read_tokens"),
  };
}

function decodeCost(value: unknown, path: Path): Cost {
  const fields = Fields.of<WireCost>(value, path);
  return { nanoUsd: fields.number("nano_usd"), lines: fields.list("lines", decodeCostLine) };
}

function decodeCostLine(value: unknown, path: Path): CostLine {
  const fields = Fields.of<WireCostLine>(value, path);
  return {
    what: fields.text("what"),
    tokens: fields.number("tokens"),
    nanoUsdPerToken: fields.numberOrNull("nano_usd_per_token"),
    nanoUsd: fields.number("nano_usd"),
  };
}

function decodeEvent(value: unknown, path: Path): SpanEvent {
  const fields = Fields.of<WireEvent>(value, path);
  return {
    name: fields.text("name"),
    time: fields.nanos("time_unix_nano"),
    attributes: fields.map("attributes"),
  };
}

function decodeVersion(value: unknown, path: Path): SpanVersion {
  const fields = Fields.of<WireSpanVersion>(value, path);
  return {
    end: fields.nanos("end_time_unix_nano"),
    differences: fields.map("differences"),
    isCut: fields.flag("is_cut"),
  };
}

function decodeScope(value: unknown, path: Path): { name: string; version: string } {
  const fields = Fields.of<WireScope>(value, path);
  return { name: fields.text("name"), version: fields.text("version") };
}

function decodeReceipts(receipts: Readonly<Record<string, Json>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [rule, count] of Object.entries(receipts)) {
    if (typeof count === "number") counts[rule] = count;
  }
  return counts;
}
