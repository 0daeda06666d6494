import { describe, expect, it } from "vitest";
import { makeRow, manyRows, outline } from "../testing/make";
import { ancestors, children, descendantCount, indexTrace } from "./traceIndex";

//  root
//    a
//      b !
//      c
//    d
const TREE = outline(`
  root
    a
      b !
      c
    d
`);

describe("indexTrace", () => {
  const index = indexTrace(TREE);

  it("finds each row's parent", () => {
    expect([...index.parent]).toEqual([-1, 0, 1, 1, 0]);
  });

  it("knows where each subtree ends", () => {
    expect([...index.subtreeEnd]).toEqual([5, 4, 3, 4, 5]);
  });

  it("counts the failures inside a row, not the row's own", () => {
    expect([...index.failuresInside]).toEqual([1, 1, 0, 0, 0]);
  });

  it("walks up and down", () => {
    expect(ancestors(index, 2)).toEqual([1, 0]);
    expect(children(index, 0)).toEqual([1, 4]);
    expect(descendantCount(index, 1)).toBe(2);
  });
});

it("takes several roots, as orphans make them", () => {
  const index = indexTrace([makeRow({ spanId: "a" }), makeRow({ spanId: "b" })]);
  expect([...index.parent]).toEqual([-1, -1]);
  expect([...index.subtreeEnd]).toEqual([1, 2]);
});

it("indexes 10,000 rows of a chain as deep as that", () => {
  const rows = Array.from({ length: 10_000 }, (_, depth) =>
    makeRow({ spanId: `s${depth}`, depth }),
  );
  const index = indexTrace(rows);
  expect(index.subtreeEnd[0]).toBe(10_000);
  expect(ancestors(index, 9_999)).toHaveLength(9_999);
});

it("holds 10,000 rows of a broad tree", () => {
  const index = indexTrace(manyRows(10_000, 100));
  expect(index.rows).toHaveLength(10_000);
  expect(children(index, 0)).toHaveLength(100);
});
