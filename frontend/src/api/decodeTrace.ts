import type { Nanos } from "../model/time/time";
import {
  ROW_STATUSES,
  TRACE_STATUSES,
  type ArtifactRef,
  type Row,
  type SpanError,
  type Trace,
} from "../model/trace/trace";
import { decodeExecution, decodeUsage } from "./decodeExecution";
import { Fields, numberItem, textItem } from "./fields";
import type { WireArtifactRef, WireRow, WireRowError, WireTrace } from "./wire";

type Path = () => string;

export function decodeTrace(value: unknown, servedAt: Nanos): Trace {
  const fields = Fields.of<WireTrace>(value, () => "");
  const rows = fields.list("rows", decodeRow);
  return {
    execution: fields.object("execution", decodeExecution),
    status: fields.oneOf("status", TRACE_STATUSES),
    reason: fields.textOrNull("reason"),
    contentAccess: fields.oneOf("content_access", ["granted", "denied"]),
    rows,
    // An answer that does not speak of parts is the whole.
    totalRows: fields.numberOrNull("total_rows") ?? rows.length,
    servedAt,
  };
}

/** Of an answer that holds a part of a trace: where the next one is. */
export function decodeNextCursor(value: unknown): string | null {
  return Fields.of<WireTrace>(value, () => "").textOrNull("next_cursor");
}

/** What a later reading names to be told what has changed by then; null where the server does not say. */
export function decodeVersion(value: unknown): string | null {
  return Fields.of<WireTrace>(value, () => "").textOrNull("version");
}

/** Where the rows of an answer of changes stand in the whole; null where it is no such answer. */
export function decodePositions(value: unknown): readonly number[] | null {
  return Fields.of<WireTrace>(value, () => "").listOrNull("positions", numberItem);
}

function decodeRow(value: unknown, path: Path): Row {
  const fields = Fields.of<WireRow>(value, path);
  return {
    spanId: fields.text("span_id"),
    parentSpanId: fields.textOrNull("parent_span_id"),
    depth: fields.number("depth"),
    name: fields.text("name"),
    kind: fields.text("kind"),
    nodeId: fields.textOrNull("node_id"),
    start: fields.nanos("start_time_unix_nano"),
    end: fields.nanosOrNull("end_time_unix_nano"),
    status: fields.oneOf("status", ROW_STATUSES),
    error: fields.objectOrNull("error", decodeError),
    model: fields.textOrNull("model"),
    provider: fields.textOrNull("provider"),
    usage: fields.objectOrNull("usage", decodeUsage),
    costNanoUsd: fields.numberOrNull("cost_nano_usd"),
    inputPreview: fields.textOrNull("input_preview"),
    outputPreview: fields.textOrNull("output_preview"),
    attempt: fields.numberOrNull("attempt"),
    artifacts: fields.list("artifacts", decodeArtifactRef),
    marks: fields.list("marks", textItem),
  };
}

export function decodeError(value: unknown, path: Path): SpanError {
  const fields = Fields.of<WireRowError>(value, path);
  return { type: fields.text("type"), message: fields.text("message") };
}

export function decodeArtifactRef(value: unknown, path: Path): ArtifactRef {
  const fields = Fields.of<WireArtifactRef>(value, path);
  return {
    artifactId: fields.text("artifact_id"),
    name: fields.text("name"),
    mediaType: fields.text("media_type"),
    bytes: fields.number("bytes"),
  };
}
