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

type Camel<K extends string> = K extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : K;
type RowField<K extends string> = K extends `${infer Edge}_time_unix_nano` ? Edge : Camel<K>;

/** `Row`; `never`, so that `decodeRow` fails tsc, when the API's row has a field that `Row` lacks. */
type DecodedRow = Row extends Record<RowField<keyof WireRow>, unknown> ? Row : never;

/** Decodes a trace, or one page of it. `servedAt` is the server's clock. */
export function decodeTrace(value: unknown, servedAt: Nanos): Trace {
  const fields = Fields.of<WireTrace>(value, () => "");
  const rows = fields.list("rows", decodeRow);
  return {
    execution: fields.object("execution", decodeExecution),
    status: fields.oneOf("status", TRACE_STATUSES),
    reason: fields.textOrNull("reason"),
    contentAccess: fields.oneOf("content_access", ["granted", "denied"]),
    isRestricted: fields.textOrNull("restricted_access") === "denied",
    rows,
    // An answer without a total holds the whole trace.
    totalRows: fields.numberOrNull("total_rows") ?? rows.length,
    servedAt,
  };
}

/** Reads the cursor of the next page; null on the last page. */
export function decodeNextCursor(value: unknown): string | null {
  return Fields.of<WireTrace>(value, () => "").textOrNull("next_cursor");
}

/** Reads the version that a later request names as `since`; null when the server gives none. */
export function decodeVersion(value: unknown): string | null {
  return Fields.of<WireTrace>(value, () => "").textOrNull("version");
}

/** Reads at which positions of the whole the changed rows are; null when the answer is not one of changes. */
export function decodePositions(value: unknown): readonly number[] | null {
  return Fields.of<WireTrace>(value, () => "").listOrNull("positions", numberItem);
}

function decodeRow(value: unknown, path: Path): DecodedRow {
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
    timeToFirstTokenNano: fields.numberOrNull("time_to_first_token_nano"),
    scores: fields.textOrNull("scores"),
    artifacts: fields.list("artifacts", decodeArtifactRef),
    marks: fields.list("marks", textItem),
  };
}

/** Decodes what a span failed with. */
export function decodeError(value: unknown, path: Path): SpanError {
  const fields = Fields.of<WireRowError>(value, path);
  return { type: fields.text("type"), message: fields.text("message") };
}

/** Decodes the reference of a file. */
export function decodeArtifactRef(value: unknown, path: Path): ArtifactRef {
  const fields = Fields.of<WireArtifactRef>(value, path);
  return {
    artifactId: fields.text("artifact_id"),
    name: fields.text("name"),
    mediaType: fields.text("media_type"),
    bytes: fields.number("bytes"),
  };
}
