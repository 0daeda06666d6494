import { expect, it } from "vitest";
import { makeRow } from "../../testing/make";
import type { SpanEvent } from "../trace/span";
import { indexTrace } from "../trace/traceIndex";
import { retriesIn, infraIssues, infraIssueText } from "./infraIssues";

const failed = (type: string) => ({ status: "error" as const, error: { type, message: "no" } });

//  run
//    invocation (cold)
//      attempt  ThrottlingException
//        call   ThrottlingException
//      call     retried by its library
//      POST     Sandbox.Timedout
it("counts each issue once, at the span that caused it", () => {
  const rows = [
    makeRow({ spanId: "run", ...failed("Sandbox.Timedout") }),
    makeRow({ spanId: "invocation", parentSpanId: "run", depth: 1, marks: ["cold_start"] }),
    makeRow({
      spanId: "attempt",
      parentSpanId: "invocation",
      depth: 2,
      ...failed("ThrottlingException"),
    }),
    makeRow({
      spanId: "call",
      parentSpanId: "attempt",
      depth: 3,
      ...failed("ThrottlingException"),
    }),
    makeRow({ spanId: "again", parentSpanId: "invocation", depth: 2, marks: ["retried"] }),
    makeRow({
      spanId: "post",
      parentSpanId: "invocation",
      depth: 2,
      ...failed("Sandbox.Timedout"),
    }),
  ];
  const found = infraIssues(indexTrace(rows));
  expect(found.map((issue) => [infraIssueText(issue), issue.spanId])).toEqual([
    ["1 cold start", "invocation"],
    ["1 call throttled", "call"],
    ["1 timeout", "post"],
    ["1 call retried by its library", "again"],
  ]);
});

it.each([
  ["TooManyRequestsException", "throttled"],
  ["HTTP 429", "throttled"],
  ["ReadTimeoutError", "timeout"],
  ["timed_out", "timeout"],
  ["Lambda.Timeout", "timeout"],
])("takes %s for %s", (type, kind) => {
  const [found] = infraIssues(indexTrace([makeRow({ spanId: "a", ...failed(type) })]));
  expect(found?.kind).toBe(kind);
});

it("finds nothing in a run whose errors are its own", () => {
  expect(infraIssues(indexTrace([makeRow({ spanId: "a", ...failed("ValueError") })]))).toEqual([]);
});

it("tells why the library asked again", () => {
  const attributes = { "error.type": "ThrottlingException", "http.response.status_code": 429 };
  const events: SpanEvent[] = [
    { name: "gen_ai.choice", time: 1n, attributes: {} },
    { name: "spanvas.retry", time: 2n, attributes },
    { name: "spanvas.retry", time: 3n, attributes: { "error.type": "ConnectTimeoutError" } },
  ];
  expect(retriesIn(events)).toEqual([
    { time: 2n, why: "ThrottlingException, HTTP 429" },
    { time: 3n, why: "ConnectTimeoutError" },
  ]);
});
