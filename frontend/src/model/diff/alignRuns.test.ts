import { expect, it } from "vitest";
import { makeRow, makeTrace, SECOND, START } from "../../testing/make";
import { alignRuns, differences, type RunSide } from "./alignRuns";
import { totals } from "../trace/totals";
import type { Row } from "../trace/trace";
import { indexTrace } from "../trace/traceIndex";

function side(rows: readonly Row[]): RunSide {
  const index = indexTrace([makeRow({ spanId: "root", kind: "workflow" }), ...rows]);
  return { trace: makeTrace(index.rows), index, sums: totals(index) };
}

it("puts the same nodes of two runs beside each other, and says what was different", () => {
  const good = side([
    makeRow({ spanId: "p", depth: 1, nodeId: "plan", outputPreview: "three steps" }),
    makeRow({ spanId: "s", depth: 1, nodeId: "send", costNanoUsd: 7 }),
  ]);
  const bad = side([
    makeRow({
      spanId: "P",
      depth: 1,
      nodeId: "plan",
      outputPreview: "two steps",
      end: START + 3n * SECOND,
    }),
    makeRow({ spanId: "S", depth: 1, nodeId: "send", status: "error" }),
    makeRow({ spanId: "S1", depth: 2, kind: "attempt" }),
    makeRow({ spanId: "S2", depth: 2, kind: "attempt" }),
    makeRow({ spanId: "U", depth: 1, nodeId: "undo" }),
  ]);
  const pairs = alignRuns(good, bad);
  expect(
    pairs.map(({ nodeId, isPathDifferent, isTextDifferent }) => [
      nodeId,
      isPathDifferent,
      isTextDifferent,
    ]),
  ).toEqual([
    ["plan", false, true],
    ["send", true, false],
    ["undo", true, false],
  ]);
  expect([pairs[0]?.left?.nanos, pairs[0]?.right?.nanos]).toEqual([1e9, 3e9]);
  expect([pairs[1]?.left?.attempts, pairs[1]?.right?.attempts]).toEqual([1, 2]);
  expect(pairs[2]?.left).toBeNull();
});

it("says that a node ended otherwise which was interrupted, cancelled or out of time", () => {
  const timedOut = { type: "ReadTimeout", message: "" };
  const ends: Partial<Row>[] = [
    { status: "unset" },
    { status: "unset", marks: ["interrupted"] },
    { status: "unset", marks: ["cancelled"] },
    { status: "error", error: { type: "ValueError", message: "" } },
    { status: "error", error: timedOut },
  ];
  const sides = ends.map((end) =>
    side([makeRow({ spanId: "a", depth: 1, nodeId: "ask", ...end })]),
  );
  const isDifferent = (left: RunSide, right: RunSide): boolean | undefined =>
    alignRuns(left, right)[0]?.isPathDifferent;
  sides.forEach((left, at) =>
    sides.forEach((right, other) => expect(isDifferent(left, right)).toBe(at !== other)),
  );
});

it("says in sentences what was different", () => {
  const good = side([makeRow({ spanId: "p", depth: 1, nodeId: "plan", costNanoUsd: 2_000_000 })]);
  const bad = side([
    makeRow({ spanId: "P", depth: 1, nodeId: "plan", name: "Plan", status: "error" }),
    makeRow({ spanId: "U", depth: 1, nodeId: "undo" }),
  ]);
  expect(differences(good, bad, alignRuns(good, bad))).toEqual([
    "as long",
    "as many tokens",
    "as much",
    "1 node ran in one of them only",
    "“Plan” ended otherwise",
  ]);
});
