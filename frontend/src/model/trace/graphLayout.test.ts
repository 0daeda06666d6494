import { expect, it } from "vitest";
import { layoutGraph, nodeLabel } from "./graphLayout";

const node = (id: string) => ({ id, name: id, kind: "generate" });

//      ┌ b ┐
//  a ──┤   ├── d
//      └ c ┘
it("places a node right of all that it waits for", () => {
  const layout = layoutGraph({
    nodes: ["a", "b", "c", "d"].map(node),
    edges: [
      ["a", "b"],
      ["a", "c"],
      ["b", "d"],
      ["c", "d"],
    ],
  });
  expect(layout.nodes.map(({ id, x, y }) => [id, x, y])).toEqual([
    ["a", 8, 42],
    ["b", 216, 8],
    ["c", 216, 76],
    ["d", 424, 42],
  ]);
  expect(layout.width).toBe(604);
  expect(layout.height).toBe(132);
  expect(layout.edges[0]?.path).toBe("M180 66C200 66 196 32 216 32");
});

it("ends on a cycle, and leaves out edges to nodes that do not exist", () => {
  const layout = layoutGraph({
    nodes: ["a", "b"].map(node),
    edges: [
      ["a", "b"],
      ["b", "a"],
      ["b", "gone"],
    ],
  });
  expect(layout.nodes).toHaveLength(2);
  expect(layout.edges).toHaveLength(2);
});

it("cuts a name of more than 19 characters", () => {
  expect(nodeLabel("a".repeat(19))).toBe("a".repeat(19));
  expect(nodeLabel("a".repeat(20))).toBe(`${"a".repeat(18)}…`);
});
