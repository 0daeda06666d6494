import { describe, expect, it } from "vitest";
import { makeRow } from "../../testing/make";
import type { Row } from "./trace";
import { withChanges } from "./traceChanges";

function rowsOf(names: string, name = "before"): readonly Row[] {
  return Array.from(names, (spanId) => makeRow({ spanId, name }));
}

function told(rows: readonly Row[] | null): string | undefined {
  return rows?.map(({ spanId, name }) => (name === "before" ? spanId : `${spanId}*`)).join(" ");
}

describe("withChanges", () => {
  it("puts what is new into its place and keeps the rest as the same objects", () => {
    const before = rowsOf("abcd");
    const after = withChanges(before, rowsOf("xcy", "after"), [0, 3, 5], 6);
    expect(told(after)).toBe("x* a b c* d y*");
    expect(after?.[1]).toBe(before[0]);
  });

  it("moves a row that is named to where it stands now", () => {
    expect(told(withChanges(rowsOf("abcd"), rowsOf("d", "after"), [0], 4))).toBe("d* a b c");
  });

  it("is the same without changes, and all new without anything before", () => {
    expect(told(withChanges(rowsOf("ab"), [], [], 2))).toBe("a b");
    expect(told(withChanges([], rowsOf("ab", "after"), [0, 1], 2))).toBe("a* b*");
    expect(withChanges([], [], [], 0)).toEqual([]);
  });

  it.each([
    ["more rows than there are", "x", [0], 4],
    ["a place for nothing", "ad", [0], 4],
    ["a place behind the end", "x", [5], 5],
    ["a place before the beginning", "x", [-1], 5],
    ["places that do not rise", "xy", [3, 1], 6],
    ["two rows in one place", "xy", [1, 1], 6],
    ["a place between two", "x", [0.5], 5],
  ])("refuses %s", (_, names, positions, total) => {
    expect(withChanges(rowsOf("abcd"), rowsOf(names, "after"), positions, total)).toBe(null);
  });

  it("ends in the whole whatever is taken out, put in and changed", () => {
    let state = 7;
    const chance = (most: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state % most;
    };
    let before = rowsOf("abcdefgh");
    for (let round = 0; round < 500; round += 1) {
      const after = before.map((row) => (chance(4) === 0 ? { ...row, name: `${round}` } : row));
      for (let added = chance(4); added > 0; added -= 1) {
        after.splice(chance(after.length + 1), 0, makeRow({ spanId: `${round}-${added}` }));
      }
      const isKept = new Set(before);
      const positions = after.flatMap((row, at) => (isKept.has(row) ? [] : [at]));
      const rows = after.filter((row) => !isKept.has(row));
      expect(withChanges(before, rows, positions, after.length)).toEqual(after);
      before = after;
    }
  });
});
