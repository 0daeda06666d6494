import { configureStore } from "@reduxjs/toolkit";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { createMemoryViewStore, createTraceStore } from "spanvas-canvas";
import { expect, it } from "vitest";
import { changed, fakeSource } from "../../src/testing/fakeSource";
import { fakeTimer, settled } from "../../src/testing/fakeTimer";
import { makeExecution, makeTrace, outline } from "../../src/testing/make";
import { traceQuery } from "./queryTrace";
import { followTrace, traceSlice } from "./reduxTrace";

const ROWS = outline(`
  root
    plan
    draft !
`);

it("keeps a trace in Redux, serialisable, and follows the selection", async () => {
  const failed = makeExecution({ status: "failed" });
  const source = fakeSource(changed(makeTrace(ROWS, { execution: failed })));
  const trace = createTraceStore(source, "exec-1", createMemoryViewStore(), fakeTimer());
  // With its checks on, as in development: state that cannot be serialised makes it complain.
  const store = configureStore({ reducer: { trace: traceSlice.reducer } });
  const stop = followTrace(trace, store.dispatch);
  await settled();
  expect(store.getState().trace).toMatchObject({ status: "failed", selected: "draft" });
  expect(store.getState().trace.spans[2]).toEqual({
    spanId: "draft",
    name: "draft",
    status: "error",
    milliseconds: 1_000,
  });
  trace.select("plan");
  expect(store.getState().trace.selected).toBe("plan");
  stop();
  trace.select("root");
  expect(store.getState().trace.selected).toBe("plan");
});

it("keeps a trace in a TanStack query, and the same object while nothing is new", async () => {
  const running = makeTrace(ROWS, { status: "RUNNING" });
  const source = fakeSource(changed(running, "etag-1"), { kind: "unchanged", servedAt: 1n });
  const client = new QueryClient();
  const options = traceQuery(source, "exec-1");
  const first = await client.query(options);
  const second = await client.query(options);
  expect(second).toBe(first);
  expect(source.asked).toEqual(["trace -", "trace etag-1"]);
  const observer = new QueryObserver(client, options);
  expect(observer.options.refetchInterval).toBeTypeOf("function");
  expect(observer.getCurrentResult().data?.trace.rows).toHaveLength(3);
  client.clear();
});
