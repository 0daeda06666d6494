/** Trouble with the infrastructure, as far as spans tell: what an operator looks for beside the workflow's own errors. */

import type { Json, SpanEvent } from "../trace/span";
import type { Row } from "../trace/trace";
import type { TraceIndex } from "../trace/traceIndex";

const SORTS = ["coldStart", "throttled", "timeout", "retried", "lost", "artifact"] as const;
type Sort = (typeof SORTS)[number];

export interface Trouble {
  readonly sort: Sort;
  readonly count: number;
  /** The first span that tells of it. */
  readonly spanId: string;
}

const THROTTLED = /throttl|toomanyrequests|too many requests|ratelimit|rate.limit|\b429\b/i;
const TIMED_OUT = /time[_-]?d?[_-]?out|deadline/i;

/** In the order of `SORTS`; what there is none of is left out. O(rows). */
export function troubles(index: TraceIndex): readonly Trouble[] {
  const found = new Map<Sort, { count: number; spanId: string }>();
  const add = (sort: Sort, { spanId }: Row): void => {
    const before = found.get(sort);
    found.set(sort, { count: (before?.count ?? 0) + 1, spanId: before?.spanId ?? spanId });
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
    else if (TIMED_OUT.test(row.error?.type ?? "")) add("timeout", row);
  }
  return SORTS.flatMap((sort) => {
    const known = found.get(sort);
    return known ? [{ sort, ...known }] : [];
  });
}

const WORDS: Readonly<Record<Sort, readonly [one: string, many: string]>> = {
  coldStart: ["cold start", "cold starts"],
  throttled: ["call throttled", "calls throttled"],
  timeout: ["timeout", "timeouts"],
  retried: ["call retried by its library", "calls retried by their library"],
  lost: ["span lost", "spans lost"],
  artifact: ["file not stored", "files not stored"],
};

export function troubleWords({ sort, count }: Trouble): string {
  return `${count} ${WORDS[sort][count === 1 ? 0 : 1]}`;
}

/** One time that the client library asked again. */
export interface Retry {
  readonly time: bigint;
  /** `ThrottlingException, HTTP 429`. */
  readonly why: string;
}

/** From the events that the layer records (`docs/reference/attributes.md`). */
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
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
