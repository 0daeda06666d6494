import { expect, it } from "vitest";
import { runToEnd } from "../model/scheduler";
import type { Trace } from "../model/trace/trace";
import { loadingSteps } from "../state/loading";
import { makeExecution, makeRow, makeTrace, SECOND, START } from "../testing/make";
import { textOf } from "../testing/render";
import { Header } from "./Header";

const counters = makeExecution().counters;
const call = makeRow({ spanId: "call", kind: "model" });

function header(trace: Trace): string {
  return textOf(
    <Header
      loaded={runToEnd(loadingSteps(trace, null))}
      workflows={null}
      isOutOfDate={false}
      onSelect={() => undefined}
      onShowArtifacts={() => undefined}
      onCompare={() => undefined}
    />,
  );
}

it("marks a cost as a lower bound when the price of a call is unknown", () => {
  const execution = makeExecution({ counters: { ...counters, costNanoUsd: 2_000, unpriced: 1 } });
  expect(header(makeTrace([call], { execution }))).toContain("Cost ≥ $0.000002");
});

it("says that the tokens are more than is known when a call has reported none", () => {
  const known = { ...counters, inputTokens: 812, outputTokens: 24 };
  const told = makeExecution({ counters: known });
  expect(header(makeTrace([call], { execution: told }))).toContain("Tokens 812 → 24");
  const silent = makeExecution({ counters: { ...known, unreportedCalls: 1 } });
  expect(header(makeTrace([call], { execution: silent }))).toContain("Tokens ≥ 812 → 24");
});

it("says that a cost is not known when models were called, and leaves it out when none was", () => {
  const execution = makeExecution({ counters: { ...counters, costNanoUsd: null } });
  expect(header(makeTrace([call], { execution }))).toContain("Cost not known");
  const node = makeRow({ spanId: "node" });
  expect(header(makeTrace([node], { execution }))).not.toContain("Cost");
});

it("names the nodes that did not run once, be it as the reason of a partial trace", () => {
  const completeness = { expected: ["a", "b"], received: ["a"], missing: ["b"] };
  const failed = makeExecution({ status: "failed", completeness });
  expect(header(makeTrace([call], { execution: failed }))).toContain(
    "1 of 2 nodes ran (not run: b)",
  );
  const partial = makeTrace([call], {
    execution: makeExecution({ completeness }),
    status: "PARTIAL",
    reason: "Node b has not reported.",
  });
  expect(header(partial)).toContain("partial: node b has not reported");
  expect(header(partial)).not.toContain("not run");
});

it("shows a wait in the queue of a second or more", () => {
  const startedAt = START - SECOND;
  const waited = makeExecution({ startedAt, beganAt: START });
  expect(header(makeTrace([call], { execution: waited }))).toContain("waited 1.00 s to begin");
  const began = makeExecution({ startedAt, beganAt: START - 1n });
  expect(header(makeTrace([call], { execution: began }))).not.toContain("to begin");
});

it("offers the comparison after a failure only", () => {
  const failed = makeExecution({ status: "failed" });
  expect(header(makeTrace([call], { execution: failed }))).toContain("compare with the last good");
  expect(header(makeTrace([call]))).not.toContain("compare");
});

it("leads to AWS's own page of a durable execution and of a state machine's execution", () => {
  const arn =
    "arn:aws:lambda:eu-central-1:123456789012:function:parcels:7/durable-execution/order-7/inv-1234";
  const durable = makeExecution({ externalId: arn });
  expect(header(makeTrace([call], { execution: durable }))).toContain("in the console");
  const states = "arn:aws:states:eu-west-1:123456789012:execution:order-flow:order-17";
  const machine = makeExecution({ executionId: states });
  expect(header(makeTrace([call], { execution: machine }))).toContain("in the console");
  expect(header(makeTrace([call], {}))).not.toContain("in the console");
});

it("says where the spans are read from when they are not stored here", () => {
  const stored = makeExecution();
  expect(header(makeTrace([call], { execution: stored }))).not.toContain("from Tempo");
  const read = makeExecution({ spansFrom: "tempo" });
  expect(header(makeTrace([call], { execution: read }))).toContain("from Tempo");
});
