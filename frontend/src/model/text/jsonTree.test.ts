import { describe, expect, it } from "vitest";
import { findInJson, formatPath, hasEntries, jsonLines, openedTo } from "./jsonTree";
import type { Json } from "../trace/span";

const ORDER: Json = {
  id: 4711,
  lines: [{ sku: "A" }, { sku: "B" }],
  "odd key/": { a: { b: null } },
};
const none = new Set<string>();

function keys(value: Json, openLevels: number, turned = none, limit = 100): string[] {
  return jsonLines(value, openLevels, turned, limit).lines.map(({ key }) => key);
}

describe("jsonLines", () => {
  it("opens two levels and no more", () => {
    expect(keys(ORDER, 2)).toEqual([
      "",
      "/id",
      "/lines",
      "/lines/0",
      "/lines/1",
      "/odd key~1",
      "/odd key~1/a",
    ]);
  });

  it("turns a line whichever way it was", () => {
    expect(keys(ORDER, 2, new Set(["/lines", "/odd key~1/a"]))).toEqual([
      "",
      "/id",
      "/lines",
      "/odd key~1",
      "/odd key~1/a",
      "/odd key~1/a/b",
    ]);
  });

  it("says level, place among the siblings and size", () => {
    const { lines } = jsonLines(ORDER, 2, none, 100);
    expect(lines[4]).toMatchObject({ name: "1", level: 3, position: 2, siblings: 2, size: 1 });
  });

  it("makes no more lines than asked for, of however many", () => {
    const { lines, isCut } = jsonLines(
      Array.from({ length: 200_000 }, () => 1),
      1,
      none,
      50,
    );
    expect([lines.length, isCut]).toEqual([50, true]);
  });

  it("survives values that are nested ten thousand deep", () => {
    let deep: Json = 1;
    for (let level = 0; level < 10_000; level += 1) deep = [deep];
    expect(jsonLines(deep, 5, none, 100).lines).toHaveLength(6);
    expect(findInJson(deep, "1")).toHaveLength(1);
    expect(hasEntries(deep, 5_000)).toBe(true);
  });
});

describe("findInJson", () => {
  it("finds names and values, and not the numbers of a list's items", () => {
    expect(findInJson(ORDER, "sku")).toEqual(["/lines/0/sku", "/lines/1/sku"]);
    expect(findInJson(ORDER, "B")).toEqual(["/lines/1/sku", "/odd key~1/a/b"]);
    expect(findInJson(ORDER, "0")).toEqual([]);
    expect(findInJson(ORDER, " ")).toEqual([]);
  });

  it("opens what hides a hit", () => {
    const turned = openedTo("/odd key~1/a/b", 2, new Set(["/odd key~1"]));
    expect(keys(ORDER, 2, new Set(turned))).toContain("/odd key~1/a/b");
  });
});

it("writes paths as JSONPath does", () => {
  expect(formatPath([])).toBe("$");
  expect(formatPath(["lines", 1, "sku"])).toBe("$.lines[1].sku");
  expect(formatPath(['odd "key"', "a-b"])).toBe('$["odd \\"key\\""]["a-b"]');
});
