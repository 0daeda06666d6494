/** Finds issues of the infrastructure in a trace: cold starts, throttling, timeouts, retries, lost spans and files. */

import type { Json, SpanEvent } from "../trace/span";
import type { Row } from "../trace/trace";
import type { TraceIndex } from "../trace/traceIndex";

const KINDS = ["coldStart", "throttled", "timeout", "retried", "lost", "artifact"] as const;
type IssueKind = (typeof KINDS)[number];

export interface InfraIssue {
  readonly kind: IssueKind;
  readonly count: number;
  /** The first span that has it. */
  readonly spanId: string;
}

const THROTTLED = /throttl|toomanyrequests|too many requests|ratelimit|rate.limit|\b429\b/i;
const TIMED_OUT = /time[ _-]?d?[ _-]?out|deadline/i;

/** Says whether an error of this type means that the time was over. */
export function isTimeout(errorType: string | undefined): boolean {
  return TIMED_OUT.test(errorType ?? "");
}

/** Returns the kinds of issues that the trace has, in the order of `KINDS`, each with its count. O(rows). */
export function infraIssues(index: TraceIndex): readonly InfraIssue[] {
  const found = new Map<IssueKind, { count: number; spanId: string }>();
  const add = (kind: IssueKind, { spanId }: Row): void => {
    const before = found.get(kind);
    found.set(kind, { count: (before?.count ?? 0) + 1, spanId: before?.spanId ?? spanId });
  };
  for (const row of index.rows) {
    if (row.marks.includes("cold_start")) add("coldStart", row);
    if (row.marks.includes("retried")) add("retried", row);
    if (row.marks.includes("artifact_failed")) add("artifact", row);
  }
  for (const position of index.causes) {
    const row = index.rows[position];
    if (!row) continue;
    if (row.status === "lost") add("lost", row);
    else if (THROTTLED.test(row.error?.type ?? "")) add("throttled", row);
    else if (isTimeout(row.error?.type)) add("timeout", row);
  }
  return KINDS.flatMap((kind) => {
    const known = found.get(kind);
    return known ? [{ kind, ...known }] : [];
  });
}

const WORDS: Readonly<Record<IssueKind, readonly [one: string, many: string]>> = {
  coldStart: ["cold start", "cold starts"],
  throttled: ["call throttled", "calls throttled"],
  timeout: ["timeout", "timeouts"],
  retried: ["call retried by its library", "calls retried by their library"],
  lost: ["span lost", "spans lost"],
  artifact: ["file not stored", "files not stored"],
};

/** Says how often an issue occurred: `2 calls throttled`. */
export function infraIssueText({ kind, count }: InfraIssue): string {
  return `${count} ${WORDS[kind][count === 1 ? 0 : 1]}`;
}

/** One retry that the client library made. */
export interface Retry {
  readonly time: bigint;
  /** Error type and HTTP status: `ThrottlingException, HTTP 429`. */
  readonly why: string;
}

/** Reads the retries from the events that the layer records (`docs/reference/attributes.md`). */
export function retriesIn(events: readonly SpanEvent[]): readonly Retry[] {
  return events
    .filter(({ name }) => name === "spanvas.retry")
    .map(({ time, attributes }) => {
      const status = attributes["http.response.status_code"];
      const why = [
        wordOf(attributes["error.type"]),
        status === undefined ? "" : `HTTP ${wordOf(status)}`,
      ];
      return { time, why: why.filter(Boolean).join(", ") };
    });
}

function wordOf(value: Json | undefined): string {
  return typeof value === "object" || typeof value === "boolean" || value === undefined
    ? ""
    : String(value);
}
