import { describe, expect, it } from "vitest";
import { makeExecution, makeRow, makeTrace, SECOND, START } from "../../testing/make";
import { barBetween, barOf, spanLength, ticks, timeScale } from "./timeScale";

describe("timeScale", () => {
  it("reaches from the earliest start to the latest end", () => {
    const rows = [
      makeRow({ spanId: "root", start: START, end: START + 4n * SECOND }),
      makeRow({ spanId: "skewed", start: START - SECOND, end: START + 5n * SECOND }),
    ];
    expect(timeScale(makeTrace(rows))).toEqual({ start: START - SECOND, length: 6e9 });
  });

  it("reaches up to the server's clock while something runs", () => {
    const rows = [makeRow({ spanId: "root", end: null, status: "running" })];
    expect(timeScale(makeTrace(rows)).length).toBe(10e9);
  });

  it("reaches to the end of the execution when a span was lost", () => {
    const rows = [makeRow({ spanId: "root", end: null, status: "lost" })];
    const execution = makeExecution({ endedAt: START + 30n * SECOND });
    expect(timeScale(makeTrace(rows, { execution })).length).toBe(30e9);
  });

  it("leaves out rows whose clock is wrong, so that it agrees with the header", () => {
    const wrong = { marks: ["wrong_clock"] };
    const rows = [
      makeRow({ spanId: "of-1970", start: 5n, end: 6n, ...wrong }),
      makeRow({ spanId: "root", start: START, end: START + SECOND }),
      makeRow({ spanId: "of-2058", start: START + 1_000_000_000n * SECOND, ...wrong }),
    ];
    expect(timeScale(makeTrace(rows))).toEqual({ start: START, length: 1e9 });
  });

  it("never has no length", () => {
    expect(timeScale(makeTrace([makeRow({ spanId: "a", end: START })])).length).toBe(1);
    expect(timeScale(makeTrace([])).length).toBe(1);
  });
});

describe("barOf", () => {
  const scale = { start: START, length: 10e9 };

  it("places a span by fractions of the axis", () => {
    const row = makeRow({ spanId: "a", start: START + 2n * SECOND, end: START + 7n * SECOND });
    expect(barOf(row, scale, START)).toEqual({ left: 0.2, width: 0.5, beyond: null });
  });

  it("draws a lost span to the edge", () => {
    const row = makeRow({ spanId: "a", start: START + 4n * SECOND, end: null, status: "lost" });
    expect(barOf(row, scale, START)).toEqual({ left: 0.4, width: 0.6, beyond: null });
    expect(spanLength(row, START)).toBeNull();
  });

  it("never leaves the axis", () => {
    const row = makeRow({ spanId: "a", start: START - SECOND, end: START + 60n * SECOND });
    expect(barOf(row, scale, START)).toEqual({ left: 0, width: 1, beyond: null });
  });
});

it("places a bar in what is seen of the axis, and says on which side it lies beyond it", () => {
  const seen = { from: 4e9, to: 6e9 };
  expect(barBetween(3e9, 5e9, seen)).toEqual({ left: 0, width: 0.5, beyond: null });
  expect(barBetween(1e9, 3e9, seen)).toEqual({ left: 0, width: 0, beyond: "before" });
  expect(barBetween(7e9, 8e9, seen)).toEqual({ left: 1, width: 0, beyond: "after" });
});

it("measures a running span to now, never below nothing", () => {
  const row = makeRow({ spanId: "a", end: null, status: "running" });
  expect(spanLength(row, START + 3n * SECOND)).toBe(3n * SECOND);
  expect(spanLength(row, START - SECOND)).toBe(0n);
});

describe("ticks", () => {
  it.each([
    [4.82e9, 5, [0, 1e9, 2e9, 3e9, 4e9]],
    [8.42e9, 4, [0, 5e9]],
    [95e9, 4, [0, 30e9, 60e9, 90e9]],
    [900, 3, [0, 500]],
    [1, 5, [0, 1]],
  ])("divides %d ns into at most %d round parts", (length, most, expected) => {
    expect(ticks({ from: 0, to: length }, most)).toEqual(expected);
  });

  it("has none where there is no room", () => {
    expect(ticks({ from: 0, to: 5e9 }, 0)).toEqual([]);
  });

  it("has the round moments of what is seen of a longer axis", () => {
    expect(ticks({ from: 2.3e9, to: 4.1e9 }, 4)).toEqual([2.5e9, 3e9, 3.5e9, 4e9]);
  });
});
