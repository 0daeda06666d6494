import { expect, it } from "vitest";
import { makeRow } from "../../testing/make";
import type { RowStatus } from "../trace/trace";
import {
  costText,
  exactCostText,
  exactTokens,
  firstTokenText,
  rowWord,
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
