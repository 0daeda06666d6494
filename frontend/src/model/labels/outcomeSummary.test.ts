import { expect, it } from "vitest";
import type { Execution } from "../trace/execution";
import type { Row } from "../trace/trace";
import { makeExecution, makeRow, makeTrace } from "../../testing/make";
import { indexTrace } from "../trace/traceIndex";
import { outcomeSummary } from "./outcomeSummary";

function say(rows: readonly Row[], execution: Partial<Execution>): string {
  const trace = makeTrace(rows, { execution: makeExecution(execution) });
  const { word, sentence } = outcomeSummary(trace, indexTrace(rows));
  return `${word} ${sentence}`.trim();
}

const ERROR = { type: "ThrottlingException", message: "Too many requests" };

const FAILED: readonly Row[] = [
  makeRow({ spanId: "root", kind: "workflow", status: "error" }),
  makeRow({ spanId: "n", depth: 1, name: "escalate", status: "error", error: ERROR }),
  makeRow({ spanId: "a1", depth: 2, kind: "attempt", status: "error", error: ERROR }),
  makeRow({ spanId: "a2", depth: 2, kind: "attempt", status: "error", error: ERROR }),
  makeRow({ spanId: "a3", depth: 2, kind: "attempt", status: "error", error: ERROR }),
];

it("says where, after how many retries and with what an execution failed", () => {
  expect(say(FAILED, { status: "failed" })).toBe(
    "Failed in “escalate” after 2 retries: ThrottlingException",
  );
});

it("names the cause that the execution recorded, with its message", () => {
  const cause = { nodeId: "escalate", spanId: "n", errorType: "Throttled", message: "later" };
  const trace = makeTrace(FAILED, { execution: makeExecution({ status: "failed", cause }) });
  expect(outcomeSummary(trace, indexTrace(FAILED))).toEqual({
    tone: "bad",
    word: "Failed",
    sentence: "in “escalate” after 2 retries: Throttled",
    message: "later",
    spanId: "a3",
  });
});

it("does with the cause alone when no span arrived", () => {
  const cause = { nodeId: "draft", spanId: null, errorType: "ValueError", message: "" };
  expect(say([], { status: "failed", cause })).toBe("Failed in “draft”: ValueError");
  expect(say([], { status: "failed" })).toBe("Failed");
});

it("tells of errors that a success survived", () => {
  expect(say([makeRow({ spanId: "root" })], { status: "succeeded" })).toBe("Succeeded");
  expect(say(FAILED.slice(0, 2), { status: "succeeded" })).toBe("Succeeded with an error below");
  expect(say(FAILED, { status: "succeeded" })).toBe("Succeeded with errors in 3 places");
});

it("names the node that runs, and the one that was lost", () => {
  const draft = makeRow({ spanId: "n", name: "draft", end: null });
  expect(say([{ ...draft, status: "running" }], { status: "running" })).toBe("Running “draft”");
  expect(say([{ ...draft, status: "lost" }], { status: "lost" })).toBe(
    "Lost in “draft”: its deadline passed without an end",
  );
});

it("has words for executions without a trace", () => {
  expect(say([], { status: "queued" })).toBe("Queued waiting for the executor to start");
  expect(say([], { status: "untraced" })).toBe("Untraced it ran, but its trace was not recorded");
});

it("says where a run waits, and that one was cancelled", () => {
  const rows = [
    makeRow({ spanId: "root", kind: "workflow" }),
    makeRow({ spanId: "n", depth: 1, name: "human", marks: ["interrupted"] }),
  ];
  expect(say(rows, { status: "waiting" })).toBe("Waiting in “human” for an answer");
  expect(say([], { status: "waiting" })).toBe("Waiting for an answer");
  expect(say([], { status: "cancelled" })).toBe("Cancelled its result was not wanted any more");
});
