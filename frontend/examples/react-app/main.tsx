/** A page of a host's own, with the tab and with the trace's data in the host's own screens. */

import { configureStore } from "@reduxjs/toolkit";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { StrictMode, useEffect, useMemo, type ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { Provider, useSelector } from "react-redux";
import {
  createHostViewStore,
  createMemoryViewStore,
  createTraceSource,
  createTraceStore,
  TraceTab,
  useTrace,
  type TraceSource,
} from "spanvas-canvas";
import "spanvas-canvas/style.css";
import { traceQuery } from "../state/queryTrace";
import { followTrace, traceSlice, type TraceState } from "../state/reduxTrace";
import "./host.css";

interface ScreenProps {
  readonly source: TraceSource;
  readonly executionId: string;
}

/** The tab itself; what is selected in it lives behind the host's `#`. */
function TabScreen({ source, executionId }: ScreenProps): ReactElement {
  const viewStore = useMemo(
    () =>
      createHostViewStore(window.location.hash.slice(1), (text) => {
        window.history.replaceState(null, "", `#${text}`);
      }),
    [],
  );
  useEffect(() => {
    const goTo = (): void => viewStore.goTo(window.location.hash.slice(1));
    window.addEventListener("hashchange", goTo);
    return () => window.removeEventListener("hashchange", goTo);
  }, [viewStore]);
  return (
    <div className="host-tab">
      <TraceTab source={source} executionId={executionId} viewStore={viewStore} />
    </div>
  );
}

/** The data layer alone, through its hook. */
function HookScreen({ source, executionId }: ScreenProps): ReactElement {
  const store = useMemo(
    () => createTraceStore(source, executionId, createMemoryViewStore()),
    [source, executionId],
  );
  const { loaded } = useTrace(store);
  return <p>{loaded ? `${loaded.trace.rows.length} spans by the hook` : "Reading"}</p>;
}

const redux = configureStore({ reducer: { trace: traceSlice.reducer } });

function ReduxScreen({ source, executionId }: ScreenProps): ReactElement {
  const spans = useSelector((state: { trace: TraceState }) => state.trace.spans);
  useEffect(
    () =>
      followTrace(createTraceStore(source, executionId, createMemoryViewStore()), redux.dispatch),
    [source, executionId],
  );
  return <p>{spans.length} spans in Redux</p>;
}

function QueryScreen({ source, executionId }: ScreenProps): ReactElement {
  const { data } = useQuery(traceQuery(source, executionId));
  return <p>{data?.trace.rows.length ?? 0} spans in a query</p>;
}

/** A real host has a session; this one is told by whoever opens it. */
declare global {
  interface Window {
    hostSession: { readonly executionId: string; readonly token: string };
  }
}

const { executionId, token } = window.hostSession;
const source = createTraceSource({ token: () => Promise.resolve(token) });
const screen = { source, executionId };

const host = document.getElementById("host");
if (host) {
  createRoot(host).render(
    <StrictMode>
      <Provider store={redux}>
        <QueryClientProvider client={new QueryClient()}>
          <HookScreen {...screen} />
          <ReduxScreen {...screen} />
          <QueryScreen {...screen} />
          <TabScreen {...screen} />
        </QueryClientProvider>
      </Provider>
    </StrictMode>,
  );
}
