import { expect, it } from "vitest";
import { makeRow } from "../../testing/make";
import { amountsAt, amountsOf, totals } from "./totals";
import { indexTrace } from "./traceIndex";

const usage = (inputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
});

//  root
//    call      100 -> 10   $20
//    agent     500 -> 50   $60   (the sum of its calls, as it reports it itself)
//      call    400 -> 40   $50
it("adds up children, and believes a span that reports the sum itself", () => {
  const index = indexTrace([
    makeRow({ spanId: "root" }),
    makeRow({ spanId: "call", depth: 1, usage: usage(100, 10), costNanoUsd: 20 }),
    makeRow({ spanId: "agent", depth: 1, usage: usage(500, 50), costNanoUsd: 60 }),
    makeRow({ spanId: "inner", depth: 2, usage: usage(400, 40), costNanoUsd: 50 }),
  ]);
  const { inputTokens, outputTokens, costNanoUsd } = totals(index);
  expect([...inputTokens]).toEqual([600, 100, 500, 400]);
  expect([...outputTokens]).toEqual([60, 10, 50, 40]);
  expect([...costNanoUsd]).toEqual([80, 20, 60, 50]);
});

//  root
//    silent                     (a call that reported nothing)
//    wrapper
//      free   0 -> not told  $0
it("keeps apart what was reported as 0 and what was not reported", () => {
  const index = indexTrace([
    makeRow({ spanId: "root" }),
    makeRow({ spanId: "silent", depth: 1, kind: "model" }),
    makeRow({ spanId: "wrapper", depth: 1 }),
    makeRow({
      spanId: "free",
      depth: 2,
      usage: { ...usage(0, 0), outputTokens: null },
      costNanoUsd: 0,
    }),
  ]);
  const sums = totals(index);
  const free = { inputTokens: 0, outputTokens: null, costNanoUsd: 0 };
  const nothing = { inputTokens: null, outputTokens: null, costNanoUsd: null };
  expect([0, 1, 2, 3].map((at) => amountsAt(sums, at))).toEqual([free, nothing, free, free]);
  expect(amountsOf(sums, [1, 3, 3])).toEqual(free);
  expect(amountsOf(sums, [1])).toEqual(nothing);
});

it("adds a call once that two instrumentations have recorded beside each other", () => {
  const index = indexTrace([
    makeRow({ spanId: "root" }),
    makeRow({ spanId: "call", depth: 1, usage: usage(812, 24), costNanoUsd: 20 }),
    makeRow({ spanId: "same", depth: 1, usage: usage(812, 24), marks: ["repeated"] }),
  ]);
  const { inputTokens, costNanoUsd } = totals(index);
  expect([...inputTokens]).toEqual([812, 812, 812]);
  expect([...costNanoUsd]).toEqual([20, 20, NaN]);
});
