/** A source of traces that answers what the test puts into it. */

import type { TraceReading, TraceSource } from "../model/trace/source";
import type { SpanDetail } from "../model/trace/span";
import type { Trace } from "../model/trace/trace";

export interface FakeSource extends TraceSource {
  readTrace: TraceSource["readTrace"];
  /** The next answers to readTrace; an Error is thrown. */
  readonly readings: (TraceReading | Error)[];
  /** What the next readTrace has so far, before its answer. */
  readonly pages: Trace[];
  readonly spans: Map<string, SpanDetail | Error>;
  /** What was asked: `trace <etag>`, `span <id>`. */
  readonly asked: string[];
}

export function fakeSource(...readings: (TraceReading | Error)[]): FakeSource {
  const source: FakeSource = {
    readings,
    pages: [],
    spans: new Map(),
    asked: [],
    readTrace: (_executionId, etag, _signal, onProgress) => {
      source.asked.push(`trace ${etag ?? "-"}`);
      for (const soFar of source.pages.splice(0)) onProgress?.(soFar);
      return answer(source.readings.shift());
    },
    readSpan: (_executionId, spanId) => {
      source.asked.push(`span ${spanId}`);
      return answer(source.spans.get(spanId));
    },
    listArtifacts: () => Promise.resolve([]),
    mintArtifactLink: () => Promise.reject(new Error("not asked for")),
    readArtifact: () => Promise.reject(new Error("not asked for")),
  };
  return source;
}

function answer<T>(value: T | Error | undefined): Promise<T> {
  if (value instanceof Error) return Promise.reject(value);
  if (value === undefined) return Promise.reject(new Error("nothing to answer"));
  return Promise.resolve(value);
}

export function changed(trace: Trace, etag: string | null = null): TraceReading {
  return { kind: "changed", trace, etag };
}
