import { expect, it } from "vitest";
import { siblingPositions } from "./siblingPositions";
import type { Line } from "./visibleRows";

const span = (key: string, depth: number): Line => ({
  type: "span",
  key,
  position: 0,
  depth,
  isExpandable: false,
  isExpanded: false,
  isContext: false,
});

it("counts lines of one depth under one parent", () => {
  /*
   * root
   *   a
   *     a1
   *     a2
   *   b
   *     b1
   *   (not run)
   * other root
   */
  const depths = [0, 1, 2, 2, 1, 2];
  const lines: Line[] = [
    ...depths.map((depth, at) => span(String(at), depth)),
    { type: "absent", key: "x", nodeId: "x" },
    span("other", 0),
  ];
  const { position, siblings } = siblingPositions(lines);
  expect([...position]).toEqual([1, 1, 1, 2, 2, 1, 3, 2]);
  expect([...siblings]).toEqual([2, 3, 2, 2, 3, 1, 3, 2]);
});

it("does with filtered lines whose parents are not shown", () => {
  const { position, siblings } = siblingPositions([span("a", 3), span("b", 3), span("c", 1)]);
  expect([...position]).toEqual([1, 2, 1]);
  expect([...siblings]).toEqual([2, 2, 1]);
});
