import { describe, expect, it } from "vitest";
import {
  exactCost,
  exactCount,
  exactDuration,
  exactMoment,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatMoment,
  formatPrice,
  formatTick,
  plural,
  shortId,
} from "./format";

const MS = 1_000_000n;
const S = 1_000_000_000n;

describe("formatDuration", () => {
  it.each([
    [0n, "0 µs"],
    [400n, "< 1 µs"],
    [12_000n, "12 µs"],
    [999_400n, "999 µs"],
    [999_600n, "1.00 ms"],
    [1_234_000n, "1.23 ms"],
    [80n * MS, "80.0 ms"],
    [345n * MS, "345 ms"],
    [999n * MS + 600_000n, "1.00 s"],
    [4n * S + 820n * MS, "4.82 s"],
    [30n * S, "30.0 s"],
    [59n * S + 990n * MS, "1 min 00 s"],
    [65n * S, "1 min 05 s"],
    [7_620n * S, "2 h 07 min"],
    [-250n * MS, "−250 ms"],
  ])("says %d ns as %s", (nanos, text) => {
    expect(formatDuration(nanos)).toBe(text);
  });
});

it("gives a duration with all its digits for hover and copy", () => {
  expect(exactDuration(4_820_123_456n)).toBe("4.820123456 s");
  expect(exactDuration(-1n)).toBe("−0.000000001 s");
});

it("writes ticks without superfluous zeros", () => {
  expect([0, 500, 250e6, 1.5e9, 90e9, 7200e9].map((nanos) => formatTick(nanos))).toEqual([
    "0",
    "0.5 µs",
    "250 ms",
    "1.5 s",
    "1.5 min",
    "2 h",
  ]);
});

it("tells ticks apart that lie close together", () => {
  expect([1.2345e9, 1.235e9].map((nanos) => formatTick(nanos, 5e5))).toEqual([
    "1.2345 s",
    "1.235 s",
  ]);
});

it("keeps the nanoseconds of a moment", () => {
  expect(exactMoment(1_764_000_000_123_456_789n)).toBe("2025-11-24T16:00:00.123456789Z");
});

it("names the day only when it is not today, the year only when it is not this one", () => {
  const moment = (text: string): bigint => BigInt(new Date(text).getTime()) * MS;
  const noon = moment("2025-11-24T12:00:00");
  expect(formatMoment(moment("2025-11-24T09:05:03"), noon)).toBe("09:05:03");
  expect(formatMoment(moment("2025-11-03T14:02:11"), noon)).toBe("3 Nov 14:02:11");
  expect(formatMoment(moment("2024-12-31T23:59:59"), noon)).toBe("31 Dec 2024 23:59:59");
});

it.each([
  [0, "0"],
  [3_120, "3,120"],
  [9_999, "9,999"],
  [11_432, "11.4k"],
  [999_499, "999k"],
  [1_250_000, "1.25M"],
])("counts %d as %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

it("groups the digits of an exact count by three", () => {
  expect(exactCount(1_234_567)).toBe("1,234,567");
});

it.each([
  [0, "$0"],
  [41_000, "$0.000041"],
  [890_000, "$0.00089"],
  [4_100_000, "$0.0041"],
  [13_200_000, "$0.0132"],
  [999_000_000, "$0.9990"],
  [1_270_000_000, "$1.27"],
])("says %d nano-dollars as %s", (nanoUsd, text) => {
  expect(formatCost(nanoUsd)).toBe(text);
});

it("gives a cost to the last nano-dollar", () => {
  expect(exactCost(13_245_600)).toBe("$0.013245600");
  expect(exactCost(2_000_000_001)).toBe("$2.000000001");
});

it("gives prices per million tokens", () => {
  expect([800, 80, 15, 4000, 1.25].map(formatPrice)).toEqual([
    "$0.80 per million",
    "$0.08 per million",
    "$0.015 per million",
    "$4.00 per million",
    "$0.00125 per million",
  ]);
});

it("measures bytes in powers of a thousand", () => {
  expect([812, 12_345, 4_020_000, 999_600_000].map(formatBytes)).toEqual([
    "812 B",
    "12.3 KB",
    "4.02 MB",
    "1.00 GB",
  ]);
});

it("counts things in words", () => {
  expect(plural(1, "span")).toBe("1 span");
  expect(plural(1_200, "span")).toBe("1,200 spans");
});

it("shortens only ids that are too long", () => {
  expect(shortId("exec-1")).toBe("exec-1");
  expect(shortId("exec_01JC7R9V3PXE5G2WKQ8T4YB7HM")).toBe("exec_01JC…4YB7HM");
});
