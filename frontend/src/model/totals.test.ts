import { expect, it } from "vitest";
import { makeRow } from "../testing/make";
import { totals } from "./totals";
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
