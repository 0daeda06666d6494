import type { Cost, CostLine, Json, SpanDetail, SpanEvent, SpanVersion } from "../model/trace/span";
import { ROW_STATUSES } from "../model/trace/trace";
import { decodeContent } from "./decodeContent";
import { decodeUsage } from "./decodeExecution";
import { decodeArtifactRef, decodeError } from "./decodeTrace";
import { Fields, textItem } from "./fields";
import type {
  WireCost,
  WireCostLine,
  WireEvent,
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
    cost: fields.objectOrNull("cost", decodeCost),
    attributes: fields.map("attributes"),
    events: fields.list("events", decodeEvent),
    links: fields.json("links") ?? [],
    resource: fields.map("resource"),
    scope: fields.objectOrNull("scope", decodeScope),
    artifacts: fields.list("artifacts", decodeArtifactRef),
    marks: fields.list("marks", textItem),
    receipts: decodeReceipts(fields.map("receipts")),
    otherVersions: fields.list("other_versions", decodeVersion),
    contentAccess: fields.oneOf("content_access", ["granted", "denied", "not_captured"]),
    content: fields.objectOrNull("content", decodeContent),
    raw: value as Json,
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
