/** A trace as a TanStack query: cached by execution, read again while the run goes on. */

import { queryOptions } from "@tanstack/react-query";
import type { Trace, TraceSource } from "spanvas-canvas";

const POLL_MILLISECONDS = 2_000;

export interface TraceAnswer {
  readonly trace: Trace;
  readonly etag: string | null;
}

export function traceQuery(source: TraceSource, executionId: string) {
  const queryKey = ["trace", executionId] as const;
  return queryOptions({
    queryKey,
    queryFn: async ({ client, signal }): Promise<TraceAnswer> => {
      const known = client.getQueryData<TraceAnswer>(queryKey);
      const reading = await source.readTrace(executionId, known?.etag ?? null, signal);
      if (reading.kind === "changed") return reading;
      // Nothing new: the same object, so nothing is drawn again.
      if (known === undefined) throw new Error("304 for a trace that was never read");
      return known;
    },
    refetchInterval: ({ state }) =>
      state.data?.trace.status === "RUNNING" ? POLL_MILLISECONDS : false,
    // Times are `bigint` and a trace may have 100,000 rows: neither is worth comparing deeply.
    structuralSharing: false,
  });
}
