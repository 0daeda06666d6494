import { expect, it } from "vitest";
import { makeRow, SECOND, START } from "../../testing/make";
import { histogram } from "../time/histogram";
import { groupSiblings } from "./siblings";
import { indexTrace } from "../trace/traceIndex";

const items = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    makeRow({
      spanId: `item ${at}`,
      depth: 1,
      kind: "item",
      start: START,
      end: START + BigInt(at + 1) * SECOND,
      status: at === 3 ? "error" : "ok",
    }),
  );

it("tells many children of one sort as one: how many, how they went, how long they took", () => {
  const { groups, groupOf } = groupSiblings(
    indexTrace([makeRow({ spanId: "map", kind: "map" }), ...items(100)]),
  );
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({
    key: "group:map:item:item #",
    label: "item #",
    ok: 99,
    failed: 1,
    running: 0,
    p50: 50e9,
    p95: 95e9,
    shown: new Set([4]),
  });
  expect([groupOf[0], groupOf[1], groupOf[100]]).toEqual([-1, 0, 0]);
});

it("leaves a few as they are, and tells different sorts apart", () => {
  const few = [makeRow({ spanId: "map" }), ...items(15)];
  expect(groupSiblings(indexTrace(few)).groups).toEqual([]);
  const mixed = [makeRow({ spanId: "map" }), ...items(20), makeRow({ spanId: "sum", depth: 1 })];
  expect(groupSiblings(indexTrace(mixed)).groups.map(({ label }) => label)).toEqual(["item #"]);
});

it("shows no more than twenty failures of a closed group", () => {
  const rows = [
    makeRow({ spanId: "map" }),
    ...items(60).map((row) => ({ ...row, status: "error" as const })),
  ];
  expect(groupSiblings(indexTrace(rows)).groups[0]?.shown.size).toBe(20);
});

it("never tells nodes of the workflow as one, nor shows what was survived", () => {
  const nodes = items(30).map((row) => ({ ...row, kind: "node" }));
  expect(groupSiblings(indexTrace([makeRow({ spanId: "root" }), ...nodes])).groups).toEqual([]);
  const retried = items(30).flatMap((row, at) =>
    at === 9 ? [row, makeRow({ spanId: "first try", depth: 2, status: "error" })] : [row],
  );
  const [group] = groupSiblings(indexTrace([makeRow({ spanId: "map" }), ...retried])).groups;
  expect(group?.shown).toEqual(new Set([4]));
});

it("spreads lengths over bins", () => {
  expect(histogram([0, 1, 2, 10], 5)).toEqual({
    counts: [2, 1, 0, 0, 1],
    from: 0,
    to: 10,
    most: 2,
  });
  expect(histogram([3, 3], 2)).toEqual({ counts: [2, 0], from: 3, to: 3, most: 2 });
  expect(histogram([], 2)).toBeNull();
});
