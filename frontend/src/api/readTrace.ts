/** The trace of an execution: in parts the first time, then only what has changed since the last reading. */

import { breathe, type Breathe } from "../model/scheduler";
import { asProblem } from "../model/problem";
import type { TraceReading, TraceSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";
import { withChanges } from "../model/trace/traceChanges";
import { decodeNextCursor, decodePositions, decodeTrace, decodeVersion } from "./decodeTrace";
import type { Http, HttpAnswer } from "./http";

/** What was read last of a trace that may change. Who sends its tag has its rows. */
interface Known {
  readonly path: string;
  readonly etag: string;
  readonly version: string;
  readonly trace: Trace;
}

/** Gives a query of the trace's call, and the tag that goes along. */
type Get = (query: Record<string, string>, etag?: string | null) => Promise<HttpAnswer>;

export function createTraceReading(
  http: Http,
  pathOf: (executionId: string) => string,
  rest: Breathe = breathe,
): TraceSource["readTrace"] {
  let known: Known | null = null;

  return async (executionId, etag, signal, onPart): Promise<TraceReading> => {
    const path = pathOf(executionId);
    const get: Get = (query, tag = null) => {
      const text = new URLSearchParams(query).toString();
      return http({ method: "GET", path: text ? `${path}?${text}` : path, etag: tag, signal });
    };
    const before = known?.path === path && known.etag === etag ? known : null;
    const first = await (before ? changesSince(before, get) : get({}, etag));
    if (first.status === 304) return { kind: "unchanged", servedAt: first.servedAt };
    const { trace, version, answer } =
      (before && changed(before, first)) ?? (await inParts(first, get, rest, onPart));
    // Of the first part: what came while the others were read makes the next reading another one.
    const tag = answer.etag;
    const isKept = trace.status !== "COMPLETE" && tag !== null && version !== null;
    known = isKept ? { path, etag: tag, version, trace } : null;
    return { kind: "changed", trace, etag: tag };
  };
}

interface Read {
  readonly trace: Trace;
  /** Null where the parts are not all of one. */
  readonly version: string | null;
  readonly answer: HttpAnswer;
}

/** A version that the server will not take is no reason to stop: the whole can still be read. */
async function changesSince({ version, etag }: Known, get: Get): Promise<HttpAnswer> {
  try {
    return await get({ since: version }, etag);
  } catch (error) {
    if (asProblem(error).kind !== "invalid") throw error;
    return get({});
  }
}

/** Null where the answer is not one of changes. */
function changed(before: Known, answer: HttpAnswer): Read | null {
  const positions = decodePositions(answer.body);
  if (positions === null) return null;
  const changes = decodeTrace(answer.body, answer.servedAt);
  const rows = withChanges(before.trace.rows, changes.rows, positions, changes.totalRows);
  return rows && { trace: { ...changes, rows }, version: decodeVersion(answer.body), answer };
}

async function inParts(
  first: HttpAnswer,
  get: Get,
  rest: Breathe,
  onPart: ((soFar: Trace) => void) | undefined,
): Promise<Read> {
  const ask = (cursor: string | null): Promise<HttpAnswer> | null => {
    if (cursor === null) return null;
    const asked = get({ cursor });
    // Whoever waits for it hears of its failure; nobody does when the part before cannot be read.
    asked.catch(() => undefined);
    return asked;
  };
  // Changes that do not fit what is there: then from the beginning.
  const answer = decodePositions(first.body) === null ? first : await get({});
  let version = decodeVersion(answer.body);
  // The next part is on its way while this one is decoded, which is a piece of work of its own.
  let next = ask(decodeNextCursor(answer.body));
  await rest();
  let trace = decodeTrace(answer.body, answer.servedAt);
  while (next !== null) {
    onPart?.(trace);
    const { body, servedAt } = await next;
    next = ask(decodeNextCursor(body));
    if (decodeVersion(body) !== version) version = null;
    await rest();
    const part = decodeTrace(body, servedAt);
    trace = { ...part, rows: [...trace.rows, ...part.rows] };
  }
  return { trace, version, answer };
}
