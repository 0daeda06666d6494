/**
 * What other pages get of the Trace tab: the component, and its data without the component.
 *
 * docs/how-to/embed-the-tab.md and docs/how-to/use-trace-data.md say how to use it.
 */

import { createClient } from "../api/client";
import { createHttp, type TokenProvider } from "../api/http";
import type { TraceSource } from "../model/trace/source";

export { TraceTab, type TraceTabProps } from "../components/TraceTab";
export { useTrace } from "./useTrace";
export { ProblemError } from "../model/problem";
export { createHostPlaces, type HostPlaces } from "../state/hostPlaces";
export { createMemoryPlaces, type TracePlace, type TracePlaces } from "../state/place";
export { createTraceStore, type TraceStore } from "../state/traceStore";
export type { LoadedTrace, TraceView } from "../state/traceView";
export type { Timer } from "../state/polling";
export type { Execution, ExecutionStatus, Usage } from "../model/trace/execution";
export type { ArtifactItem, ArtifactLink, TraceReading, TraceSource } from "../model/trace/source";
export type { Content, Message, MessagePart, SpanDetail } from "../model/trace/span";
export type { ArtifactRef, Row, RowStatus, Trace } from "../model/trace/trace";
export type { TokenProvider };

export interface TraceSourceOptions {
  /** Origin of the trace API; left out, the page's own. */
  readonly baseUrl?: string;
  /** Called before each request; gives null when nobody is signed in. */
  readonly token: TokenProvider;
  readonly fetcher?: typeof fetch;
}

/** Traces from the API. The token is asked for each time and kept nowhere. */
export function createTraceSource(options: TraceSourceOptions): TraceSource {
  const { baseUrl = "", token } = options;
  const fetcher: typeof fetch = options.fetcher ?? ((input, init) => fetch(input, init));
  return createClient(createHttp(baseUrl, token, fetcher), fetcher, baseUrl);
}
