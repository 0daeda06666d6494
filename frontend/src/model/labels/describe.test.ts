import { expect, it } from "vitest";
import { makeExecution, makeRow } from "../../testing/make";
import type { RowStatus } from "../trace/trace";
import {
  costText,
  exactCostText,
  exactTokens,
  firstTokenText,
  rowWord,
  runCost,
  runTokens,
  scoresNote,
  tokensArrow,
} from "./describe";

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
  const rows: [RowStatus, string, string?][] = [
    ["unset", "interrupted"],
    ["ok", "left_early"],
    ["error", "redacted", "ValueError"],
    ["error", "redacted", "asyncio.TimeoutError"],
    ["error", "redacted", "Sandbox.Timedout"],
    ["ok", "redacted", "TimeoutError"],
  ];
  const words = rows.map(([status, mark, type]) =>
    rowWord({ status, marks: ["truncated", mark], error: type ? { type, message: "" } : null }),
  );
  expect(words).toEqual(["interrupted", "left early", "failed", "timed out", "timed out", "ok"]);
});

it("says when the first token came, and how a span was judged", () => {
  const row = makeRow({ spanId: "a", timeToFirstTokenNano: 250_000_000, scores: "tone 1, ok 0.5" });
  expect([firstTokenText(row), scoresNote(row)]).toEqual(["First token after 250 ms", "tone 1 +1"]);
  const plain = makeRow({ spanId: "b" });
  expect([firstTokenText(plain), scoresNote(plain)]).toEqual([undefined, null]);
  expect(scoresNote({ scores: "relevance 0.92" })).toBe("relevance 0.92");
});

const counters = { ...makeExecution().counters, inputTokens: 812, outputTokens: 24 };

it("says of a run's tokens that they are more than is known when calls reported none", () => {
  expect(runTokens(counters)).toEqual({
    text: "812 → 24",
    exact: "812 input tokens, 24 output tokens",
  });
  expect(runTokens({ ...counters, unreportedCalls: 2 })).toEqual({
    text: "≥ 812 → 24",
    exact: "812 input tokens, 24 output tokens, without 2 model calls that reported none",
  });
  const none = { ...counters, inputTokens: null, outputTokens: null };
  expect(runTokens({ ...none, unreportedCalls: 1 })).toEqual({
    text: "",
    exact: "1 model call reported no tokens",
  });
  expect(runTokens(none)).toEqual({ text: "", exact: undefined });
});

it("says of a run's cost what it leaves out, and no number where none is known", () => {
  const known = { ...counters, costNanoUsd: 2_000 };
  expect(runCost(known)).toEqual({ text: "$0.0000020", exact: "$0.000002000" });
  expect(runCost({ ...known, unpriced: 1, unreportedCalls: 2 })).toEqual({
    text: "≥ $0.0000020",
    exact:
      "$0.000002000, without 1 model call of unknown price, 2 model calls that reported no tokens",
  });
  expect(runCost({ ...known, costNanoUsd: 0, unreportedCalls: 1 })).toEqual({
    text: "",
    exact: "Not known: 1 model call that reported no tokens",
  });
  expect(runCost({ ...known, costNanoUsd: null })).toEqual({ text: "", exact: undefined });
});
