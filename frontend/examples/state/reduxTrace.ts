/** A trace in a Redux store: the tab's data layer reads, a slice keeps what the host's screens show. */

import { createSlice, type Dispatch, type PayloadAction } from "@reduxjs/toolkit";
import type { RowStatus, TraceStore, TraceView } from "spanvas-canvas";

/** Plain values only: Redux wants state that can be serialised, and the store's times are `bigint`. */
export interface TraceState {
  readonly status: string;
  readonly problem: string | null;
  readonly selected: string | null;
  readonly spans: readonly {
    readonly spanId: string;
    readonly name: string;
    readonly status: RowStatus;
    readonly milliseconds: number | null;
  }[];
}

const initialState: TraceState = { status: "reading", problem: null, selected: null, spans: [] };

export const traceSlice = createSlice({
  name: "trace",
  initialState,
  reducers: { traceChanged: (_state, action: PayloadAction<TraceState>) => action.payload },
});

/** Keeps the slice up to date; returns what ends that. */
export function followTrace(store: TraceStore, dispatch: Dispatch): () => void {
  const tell = (): void => {
    dispatch(traceSlice.actions.traceChanged(plain(store.get())));
  };
  const unsubscribe = store.subscribe(tell);
  store.start();
  return () => {
    unsubscribe();
    store.stop();
  };
}

function plain(view: TraceView): TraceState {
  const rows = view.loaded?.trace.rows ?? [];
  return {
    status: view.loaded?.trace.execution.status ?? "reading",
    problem: view.problem?.message ?? null,
    selected: view.selected,
    spans: rows.map(({ spanId, name, status, start, end }) => ({
      spanId,
      name,
      status,
      milliseconds: end === null ? null : Number(end - start) / 1e6,
    })),
  };
}
