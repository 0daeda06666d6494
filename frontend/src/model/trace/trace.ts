/** A trace as the tree needs it: one row a span, parents before children. */

import type { Execution, Usage } from "./execution";
import type { Nanos } from "../time/time";

export const ROW_STATUSES = ["ok", "error", "unset", "running", "lost"] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

export const TRACE_STATUSES = ["COMPLETE", "RUNNING", "PARTIAL", "EMPTY"] as const;
type TraceStatus = (typeof TRACE_STATUSES)[number];

export interface SpanError {
  readonly type: string;
  readonly message: string;
}

export interface ArtifactRef {
  readonly artifactId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
}

export interface Row {
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly depth: number;
  readonly name: string;
  readonly kind: string;
  readonly nodeId: string | null;
  readonly start: Nanos;
  readonly end: Nanos | null;
  readonly status: RowStatus;
  readonly error: SpanError | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly usage: Usage | null;
  readonly costNanoUsd: number | null;
  readonly inputPreview: string | null;
  readonly outputPreview: string | null;
  readonly attempt: number | null;
  /** From the request of a model call to the first piece of its answer. */
  readonly timeToFirstTokenNano: number | null;
  /** What was judged of the span, in short: `relevance 0.92, tone friendly`. */
  readonly scores: string | null;
  readonly artifacts: readonly ArtifactRef[];
  readonly marks: readonly string[];
}

export interface Trace {
  readonly execution: Execution;
  readonly status: TraceStatus;
  readonly reason: string | null;
  readonly contentAccess: "granted" | "denied";
  /** Whether restricted fields, and all previews, are withheld from the reader. */
  readonly isRestricted: boolean;
  /** Pre-order: a parent stands before its children, `depth` is its distance from the root. */
  readonly rows: readonly Row[];
  /** Of the whole trace: more than `rows` has while the rest of a large one is on its way. */
  readonly totalRows: number;
  /** The server's clock when it answered; running spans are drawn up to here. */
  readonly servedAt: Nanos;
}
