/** Reads the trace of an execution: page by page the first time, then only the changes since the last reading. */

import { yieldToMain, type YieldToMain } from "../model/scheduler";
import { asProblem } from "../model/problem";
import type { TraceReading, TraceSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";
import { withChanges } from "../model/trace/traceChanges";
import { decodeNextCursor, decodePositions, decodeTrace, decodeVersion } from "./decodeTrace";
import type { Http, HttpAnswer } from "./http";

/** The last reading of a trace that may still change. A caller that presents `etag` holds these rows. */
interface LastReading {
  readonly path: string;
  readonly etag: string;
  readonly version: string;
  readonly trace: Trace;
}

/** Sends a GET for the trace with this query and, as If-None-Match, this ETag. */
type Get = (query: Record<string, string>, etag?: string | null) => Promise<HttpAnswer>;

/** Creates `readTrace` of the source. It keeps one reading, to ask for the changes since then. */
export function createTraceReading(
  http: Http,
  pathOf: (executionId: string) => string,
  pause: YieldToMain = yieldToMain,
): TraceSource["readTrace"] {
  let last: LastReading | null = null;

  return async (executionId, etag, signal, onPage): Promise<TraceReading> => {
    const path = pathOf(executionId);
    const get: Get = (query, tag = null) => {
      const text = new URLSearchParams(query).toString();
      return http({ method: "GET", path: text ? `${path}?${text}` : path, etag: tag, signal });
    };
    const before = last?.path === path && last.etag === etag ? last : null;
    const first = await (before ? changesSince(before, get) : get({}, etag));
    if (first.status === 304) return { kind: "unchanged", servedAt: first.servedAt };
    const { trace, version, answer } =
      (before && withAnswer(before, first)) ?? (await readPages(first, get, pause, onPage));
    // The ETag of the first page: whatever arrives while the other pages are read then counts as a change.
    const tag = answer.etag;
    const isKept = trace.status !== "COMPLETE" && tag !== null && version !== null;
    last = isKept ? { path, etag: tag, version, trace } : null;
    return { kind: "changed", trace, etag: tag };
  };
}

interface Reading {
  readonly trace: Trace;
  /** Null when the pages are of different versions. */
  readonly version: string | null;
  readonly answer: HttpAnswer;
}

/** Asks for the changes since a version; for the whole trace when the server refuses that version. */
async function changesSince({ version, etag }: LastReading, get: Get): Promise<HttpAnswer> {
  try {
    return await get({ since: version }, etag);
  } catch (error) {
    if (asProblem(error).kind !== "invalid") throw error;
    return get({});
  }
}

/** Applies the changes of an answer to the last reading. Null when it holds no changes, or they do not fit. */
function withAnswer(before: LastReading, answer: HttpAnswer): Reading | null {
  const positions = decodePositions(answer.body);
  if (positions === null) return null;
  const changes = decodeTrace(answer.body, answer.servedAt);
  const rows = withChanges(before.trace.rows, changes.rows, positions, changes.totalRows);
  return rows && { trace: { ...changes, rows }, version: decodeVersion(answer.body), answer };
}

/** Reads the remaining pages of a trace; `onPage` gets what is known after each. */
async function readPages(
  first: HttpAnswer,
  get: Get,
  pause: YieldToMain,
  onPage: ((soFar: Trace) => void) | undefined,
): Promise<Reading> {
  const ask = (cursor: string | null): Promise<HttpAnswer> | null => {
    if (cursor === null) return null;
    const asked = get({ cursor });
    // `await next` below raises its failure; it must not be reported as unhandled when an earlier page fails first.
    asked.catch(() => undefined);
    return asked;
  };
  // Changes that do not fit the last reading: read the whole trace instead.
  const answer = decodePositions(first.body) === null ? first : await get({});
  let version = decodeVersion(answer.body);
  // The next page is requested before this one is decoded, which takes a while.
  let next = ask(decodeNextCursor(answer.body));
  await pause();
  let trace = decodeTrace(answer.body, answer.servedAt);
  while (next !== null) {
    onPage?.(trace);
    const { body, servedAt } = await next;
    next = ask(decodeNextCursor(body));
    if (decodeVersion(body) !== version) version = null;
    await pause();
    const page = decodeTrace(body, servedAt);
    trace = { ...page, rows: [...trace.rows, ...page.rows] };
  }
  return { trace, version, answer };
}
