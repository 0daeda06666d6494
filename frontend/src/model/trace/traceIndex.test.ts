import { describe, expect, it } from "vitest";
import { makeRow, manyRows, outline } from "../../testing/make";
import {
  ancestors,
  children,
  descendantCount,
  hasLinesInside,
  indexTrace,
  lineFor,
} from "./traceIndex";

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

//  node
//    attempt      the first, and no second was needed
//      call
it("passes over a first attempt that needed no second", () => {
  const index = indexTrace([
    makeRow({ spanId: "node" }),
    makeRow({ spanId: "attempt", depth: 1, kind: "attempt" }),
    makeRow({ spanId: "call", depth: 2, kind: "model" }),
  ]);
  expect([...index.isPassedOver]).toEqual([0, 1, 0]);
  expect([...index.drawnDepth]).toEqual([0, 1, 1]);
  expect(lineFor(index, 1)).toBe(0);
  expect(hasLinesInside(index, 0)).toBe(true);
});

it("shows every attempt that failed, was repeated or says something of its own", () => {
  const attempt = (overrides: object) =>
    makeRow({ spanId: "attempt", depth: 1, kind: "attempt", ...overrides });
  const isPassedOver = (...rows: Parameters<typeof indexTrace>[0]) =>
    indexTrace([makeRow({ spanId: "node" }), ...rows]).isPassedOver[1];
  expect(isPassedOver(attempt({ status: "error" }))).toBe(0);
  expect(isPassedOver(attempt({ marks: ["truncated"] }))).toBe(0);
  expect(isPassedOver(attempt({}), attempt({ spanId: "second" }))).toBe(0);
  expect(isPassedOver(attempt({}))).toBe(1);
});

it("draws a node as a leaf when a passed-over attempt is all that it holds", () => {
  const index = indexTrace([
    makeRow({ spanId: "node" }),
    makeRow({ spanId: "attempt", depth: 1, kind: "attempt" }),
  ]);
  expect(hasLinesInside(index, 0)).toBe(false);
});
