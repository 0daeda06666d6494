import { describe, expect, it } from "vitest";
import { makeRow, SECOND, START } from "../../testing/make";
import { NO_FILTER } from "./filter";
import { groupSiblings } from "./siblings";
import { sortedLines, type Sort } from "./sortLines";
import type { Row } from "../trace/trace";
import { indexTrace } from "../trace/traceIndex";
import { visibleRows } from "./visibleRows";

const LONGEST: Sort = { by: "duration", isLargestFirst: true };

function keysOf(rows: readonly Row[], sort: Sort, openGroups: readonly string[] = []): string[] {
  const index = indexTrace(rows);
  const lines = visibleRows(index, groupSiblings(index), {
    folded: new Set(),
    openGroups: new Set(openGroups),
    filter: NO_FILTER,
    hits: [],
    missingNodes: ["notify"],
  });
  return sortedLines(lines, index, START, sort).map(({ key }) => key);
}

const seconds = (spanId: string, depth: number, length: number, more: Partial<Row> = {}): Row =>
  makeRow({ spanId, depth, end: START + BigInt(length) * SECOND, ...more });

describe("the list in another order", () => {
  //  run            9
  //    short        1
  //      inside     1
  //    long         5
  //      early      2, 300 nano-dollars
  //      late       3, 100 nano-dollars
  //    (notify has not run)
  const rows = [
    seconds("run", 0, 9),
    seconds("short", 1, 1, { parentSpanId: "run" }),
    seconds("inside", 2, 1, { parentSpanId: "short" }),
    seconds("long", 1, 5, { parentSpanId: "run" }),
    seconds("early", 2, 2, { parentSpanId: "long", kind: "model", costNanoUsd: 300 }),
    seconds("late", 2, 3, { parentSpanId: "long", kind: "model", costNanoUsd: 100 }),
  ];

  it("sorts siblings and leaves children with their parents", () => {
    expect(keysOf(rows, LONGEST)).toEqual([
      "run",
      "long",
      "late",
      "early",
      "short",
      "inside",
      "absent:notify",
    ]);
  });

  it("sorts the other way round; what did not run stays last", () => {
    expect(keysOf(rows, { by: "duration", isLargestFirst: false })).toEqual([
      "run",
      "short",
      "inside",
      "long",
      "early",
      "late",
      "absent:notify",
    ]);
  });

  it("sorts by what it cost, all below included", () => {
    expect(keysOf(rows, { by: "cost", isLargestFirst: true })).toEqual([
      "run",
      "long",
      "early",
      "late",
      "short",
      "inside",
      "absent:notify",
    ]);
  });

  it("keeps a span that never ended behind those that did", () => {
    const open = seconds("open", 1, 1, { parentSpanId: "run", end: null, status: "lost" });
    expect(keysOf([...rows, open], LONGEST).slice(-3)).toEqual(["inside", "open", "absent:notify"]);
  });

  it("leaves the members of an open group below it", () => {
    const map = [
      seconds("run", 0, 99),
      seconds("first", 1, 2, { parentSpanId: "run" }),
      ...Array.from({ length: 20 }, (_, at) =>
        seconds(`item-${at}`, 1, at + 10, {
          parentSpanId: "run",
          name: `item ${at}`,
          kind: "item",
        }),
      ),
    ];
    const [group = ""] = groupSiblings(indexTrace(map)).byKey.keys();
    const found = keysOf(map, LONGEST, [group]);
    expect(found.slice(0, 3)).toEqual(["run", group, "item-19"]);
    expect(found.slice(-3)).toEqual(["item-0", "first", "absent:notify"]);
  });
});

it("takes a chain of 20,000 without recursion", () => {
  const rows = Array.from({ length: 20_000 }, (_, depth) =>
    seconds(`s-${depth}`, depth, 1, depth === 0 ? {} : { parentSpanId: `s-${depth - 1}` }),
  );
  expect(keysOf(rows, LONGEST)).toHaveLength(20_001);
});
