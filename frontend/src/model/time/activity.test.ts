import { expect, it } from "vitest";
import { makeRow, makeTrace, SECOND, START } from "../../testing/make";
import { activity, stackedPaths, steppedLength } from "./activity";
import { timeScale } from "./timeScale";
import { indexTrace } from "../trace/traceIndex";

it("draws what ran at the very end, however much ran before it", () => {
  const many = Array.from({ length: 1_000 }, (_, at) =>
    makeRow({ spanId: `m${at}`, kind: "model", start: START, end: START + SECOND }),
  );
  const end = START + 10n * SECOND;
  const last = makeRow({ spanId: "last", kind: "http", start: end, end, status: "error" });
  const rows = [...many, last];
  const shape = activity(indexTrace(rows), timeScale(makeTrace(rows)), end, 10);
  expect(shape.failures).toEqual([9]);
  expect(new Map(stackedPaths(shape, 30)).get("http")).toBe("M9 28.00h1v2.00h-1z");
});

it("shares a low column among what ran in it, and keeps the highest to its height", () => {
  const at = (spanId: string, kind: "model" | "http", second: bigint) =>
    makeRow({
      spanId,
      kind,
      start: START + second * SECOND,
      end: START + second * SECOND + SECOND / 2n,
    });
  const many = Array.from({ length: 100 }, (_, n) => at(`m${n}`, "model", 0n));
  const rows = [...many, at("a", "model", 9n), at("b", "http", 9n)];
  const shape = activity(indexTrace(rows), timeScale(makeTrace(rows)), START, 2);
  const paths = new Map(stackedPaths(shape, 30));
  expect(paths.get("http")).toBe("M1 29.00h1v1.00h-1z");
  expect(paths.get("model")).toBe("M0 0.00h1v30.00h-1zM1 28.00h1v1.00h-1z");
});

it("lengthens a growing axis in steps of at most half a column, and never shortens it", () => {
  expect(steppedLength(300_000_000_000, 240)).toBe(300_110_839_808);
  expect(steppedLength(300_100_000_000, 240)).toBe(300_110_839_808);
  expect(steppedLength(300_110_839_809, 240)).toBe(300_647_710_720);
  expect(steppedLength(100, 240)).toBe(100);
});
