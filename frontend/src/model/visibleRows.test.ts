import { describe, expect, it } from "vitest";
import { makeRow, manyRows, outline } from "../testing/make";
import type { Shown } from "./filter";
import { indexTrace } from "./traceIndex";
import { initialFold, visibleRows, type Line } from "./visibleRows";

//  root
//    a
//      b
//        c !
//      d
//    e
const TREE = outline(`
  root
    a
      b
        c !
      d
    e
`);

function draw(folded: readonly string[], shown: Shown = "all", missing: string[] = []): string[] {
  return visibleRows(indexTrace(TREE), new Set(folded), shown, missing).map(word);
}

function word(line: Line): string {
  if (line.type === "absent") return `○${line.nodeId}`;
  const sign = line.isExpandable ? (line.isExpanded ? "-" : "+") : " ";
  return `${sign}${line.key}${line.isContext ? "?" : ""}`;
}

describe("visibleRows", () => {
  it("shows every row of an open tree, in pre-order", () => {
    expect(draw([])).toEqual(["-root", "-a", "-b", " c", " d", " e"]);
  });

  it("hides what is under a folded span", () => {
    expect(draw(["a"])).toEqual(["-root", "+a", " e"]);
  });

  it("ignores folds of spans that are hidden or unknown", () => {
    expect(draw(["a", "b", "gone"])).toEqual(["-root", "+a", " e"]);
  });

  it("keeps, as context, what stands above a row that passes the filter", () => {
    expect(draw([], "errors")).toEqual(["-root?", "-a?", "-b?", " c"]);
  });

  it("folds within a filter", () => {
    expect(draw(["a"], "errors")).toEqual(["-root?", "+a?"]);
  });

  it("shows nothing when no row passes", () => {
    expect(draw([], "model")).toEqual([]);
  });

  it("ends with the nodes that did not run", () => {
    expect(draw(["root"], "all", ["notify", "archive"])).toEqual(["+root", "○notify", "○archive"]);
    expect(draw([], "errors", ["notify"])).not.toContain("○notify");
  });

  it("shows no row as expandable whose children the filter hides", () => {
    const rows = [
      makeRow({ spanId: "root", kind: "workflow" }),
      makeRow({ spanId: "call", depth: 1, kind: "model" }),
      makeRow({ spanId: "wire", depth: 2, kind: "http" }),
    ];
    const lines = visibleRows(indexTrace(rows), new Set(), "model", []);
    expect(lines.map(word)).toEqual(["-root?", " call"]);
  });
});

describe("initialFold", () => {
  it("leaves a small trace open", () => {
    expect(initialFold(indexTrace(TREE), new Set())).toEqual(new Set());
  });

  it("opens 10,000 rows with the levels that fit", () => {
    const index = indexTrace(manyRows(10_000, 100));
    const folded = initialFold(index, new Set());
    expect(folded.size).toBe(100);
    expect(visibleRows(index, folded, "all", [])).toHaveLength(101);
  });

  it("leaves the way to the selected span open", () => {
    const index = indexTrace(manyRows(10_000, 100));
    const folded = initialFold(index, new Set(["root", "map-7"]));
    const lines = visibleRows(index, folded, "all", []);
    expect(folded.has("map-7")).toBe(false);
    expect(lines).toHaveLength(101 + 99);
  });

  it("shows a broad first level whole", () => {
    const index = indexTrace(manyRows(1_001, 500));
    expect(visibleRows(index, initialFold(index, new Set()), "all", [])).toHaveLength(501);
  });
});

//  node
//    attempt      passed over
//      call
it("draws what a passed-over attempt did right under its node", () => {
  const rows = [
    makeRow({ spanId: "node" }),
    makeRow({ spanId: "attempt", depth: 1, kind: "attempt" }),
    makeRow({ spanId: "call", depth: 2, kind: "model" }),
  ];
  const lines = visibleRows(indexTrace(rows), new Set(), "all", []);
  expect(lines.map(word)).toEqual(["-node", " call"]);
  expect(lines[1]).toMatchObject({ depth: 1 });
  expect(visibleRows(indexTrace(rows), new Set(["node"]), "all", []).map(word)).toEqual(["+node"]);
});
