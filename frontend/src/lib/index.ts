/**
 * What other pages get of the Trace tab: the component, and its data without the component.
 *
 * docs/how-to/embed-the-tab.md and docs/how-to/use-trace-data.md say how to use it.
 */

import { createAccessReader } from "../api/accesses";
import { createClient } from "../api/client";
import { createHttp, type TokenProvider } from "../api/http";
import { createManager } from "../api/manage";
import { scopesOf } from "../auth/claims";
import type { TraceSource } from "../model/trace/source";
import {
  createHostViewStore,
  createMemoryViewStore,
  type HostViewStateStore,
  type ViewState,
  type ViewStateStore,
} from "../state/viewState";

export { TraceTab, type TraceTabProps } from "../components/TraceTab";
export { useTrace } from "./useTrace";
export { ProblemError } from "../model/problem";
export {
  createHostViewStore,
  createMemoryViewStore,
  type HostViewStateStore,
  type ViewState,
  type ViewStateStore,
};
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

/** Creates a source of traces from the API. It asks for the token before each request and does not keep it. */
export function createTraceSource(options: TraceSourceOptions): TraceSource {
  const { baseUrl = "", token } = options;
  const fetcher: typeof fetch = options.fetcher ?? ((input, init) => fetch(input, init));
  const http = createHttp(baseUrl, token, fetcher);
  const scopes = async (): Promise<ReadonlySet<string>> => scopesOf(await token());
  const manager = createManager(http, scopes);
  const accesses = createAccessReader(http, scopes);
  return { ...createClient(http, fetcher, baseUrl), manager, accesses };
}

/** @deprecated Its name is now `createHostViewStore`; this one goes with the next release. */
export const createHostPlaces = createHostViewStore;
/** @deprecated Its name is now `createMemoryViewStore`; this one goes with the next release. */
export const createMemoryPlaces = createMemoryViewStore;
/** @deprecated Its name is now `ViewState`; this one goes with the next release. */
export type TracePlace = ViewState;
/** @deprecated Its name is now `ViewStateStore`; this one goes with the next release. */
export type TracePlaces = ViewStateStore;
/** @deprecated Its name is now `HostViewStateStore`; this one goes with the next release. */
export type HostPlaces = HostViewStateStore;
