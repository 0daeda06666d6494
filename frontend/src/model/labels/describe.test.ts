import { expect, it } from "vitest";
import { costText, exactCostText, exactTokens, rowWord, tokensArrow } from "./describe";

it("says of tokens what was reported, a reported 0 too, and of nothing nothing", () => {
  const cases = [
    { inputTokens: 11_432, outputTokens: 188 },
    { inputTokens: 0, outputTokens: 0 },
    { inputTokens: 12, outputTokens: null },
    { inputTokens: null, outputTokens: null },
  ];
  expect(cases.map(tokensArrow)).toEqual(["11.4k → 188", "0 → 0", "12 → –", ""]);
  expect(cases.map(exactTokens)).toEqual([
    "11,432 input tokens, 188 output tokens",
    "0 input tokens, 0 output tokens",
    "12 input tokens, output tokens not reported",
    undefined,
  ]);
});

it("says of a cost nothing where none is known", () => {
  expect([0, 13_245_600, null].map(costText)).toEqual(["$0", "$0.0132", ""]);
  expect([0, null].map(exactCostText)).toEqual(["$0.000000000", undefined]);
});

it("says of a row what ended it", () => {
  expect(rowWord({ status: "unset", marks: ["redacted", "interrupted"] })).toBe("interrupted");
  expect(rowWord({ status: "ok", marks: ["left_early"] })).toBe("left early");
  expect(rowWord({ status: "error", marks: ["redacted"] })).toBe("failed");
});
