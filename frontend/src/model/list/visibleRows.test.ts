import { describe, expect, it } from "vitest";
import { makeRow, manyRows, outline } from "../../testing/make";
import { NO_FILTER, type Shown } from "./filter";
import { groupSiblings } from "./siblings";
import { indexTrace, type TraceIndex } from "../trace/traceIndex";
import { initialFold, visibleRows, type Arrangement, type Line } from "./visibleRows";

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

function linesOf(index: TraceIndex, arrangement: Partial<Arrangement> = {}): readonly Line[] {
  return visibleRows(index, groupSiblings(index), {
    folded: new Set(),
    openGroups: new Set(),
    filter: NO_FILTER,
    hits: [],
    missingNodes: [],
    ...arrangement,
  });
}

function draw(folded: readonly string[], shown: Shown = "all", missing: string[] = []): string[] {
  return linesOf(indexTrace(TREE), {
    folded: new Set(folded),
    filter: { ...NO_FILTER, shown },
    missingNodes: missing,
  }).map(word);
}

function word(line: Line): string {
  if (line.type === "absent") return `○${line.nodeId}`;
  if (line.type === "group") return `${line.isExpanded ? "-" : "+"}${line.group.members.length}×`;
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
    const lines = linesOf(indexTrace(rows), { filter: { ...NO_FILTER, shown: "model" } });
    expect(lines.map(word)).toEqual(["-root?", " call"]);
  });
});

describe("a filter of several parts", () => {
  const rows = [
    makeRow({ spanId: "root", kind: "workflow" }),
    makeRow({ spanId: "draft", depth: 1, nodeId: "draft" }),
    makeRow({ spanId: "call", depth: 2, kind: "model" }),
    makeRow({ spanId: "send", depth: 1, nodeId: "send" }),
    makeRow({ spanId: "post", depth: 2, kind: "http", status: "error" }),
  ];
  const shownBy = (filter: Partial<typeof NO_FILTER>, hits: readonly number[] = []): string[] =>
    linesOf(indexTrace(rows), { filter: { ...NO_FILTER, ...filter }, hits }).map(word);

  it("takes what belongs to a node for the node's", () => {
    expect(shownBy({ nodeId: "draft" })).toEqual(["-root?", "-draft", " call"]);
  });

  it("wants all of its parts", () => {
    expect(shownBy({ hue: "http", status: "error" })).toEqual(["-root?", "-send?", " post"]);
    expect(shownBy({ hue: "http", nodeId: "draft" })).toEqual([]);
  });

  it("shows the hits of the search alone", () => {
    expect(shownBy({ onlyHits: true }, [2])).toEqual(["-root?", "-draft?", " call"]);
  });
});

//  root
//    map        30 items, of which item-7 and item-9 failed, the latter by what is in it
describe("siblings of one sort", () => {
  const rows = [
    makeRow({ spanId: "root", kind: "workflow" }),
    makeRow({ spanId: "map", depth: 1, kind: "map" }),
    ...Array.from({ length: 30 }, (_, at) => [
      makeRow({
        spanId: `item-${at}`,
        depth: 2,
        kind: "item",
        status: at === 7 || at === 9 ? ("error" as const) : ("ok" as const),
      }),
      ...(at === 9 ? [makeRow({ spanId: "inner", depth: 3, status: "error" as const })] : []),
    ]).flat(),
  ];
  const index = indexTrace(rows);
  const key = "group:map:item:item-#";

  it("are one line, behind which those stand that failed", () => {
    expect(linesOf(index).map(word)).toEqual([
      "-root",
      "-map",
      "+30×",
      " item-7",
      "-item-9",
      " inner",
    ]);
  });

  it("are all there when their line is opened", () => {
    const lines = linesOf(index, { openGroups: new Set([key]) });
    expect(lines).toHaveLength(3 + 30 + 1);
    expect(lines[2]).toMatchObject({ key, isExpanded: true, depth: 2 });
  });

  it("stand one by one while a filter looks for some of them", () => {
    const filter = { ...NO_FILTER, status: "ok" as const, hue: "structure" as const };
    expect(linesOf(index, { filter }).map(word)).not.toContain("+30×");
  });
});

describe("initialFold", () => {
  const fold = (index: TraceIndex, keepOpen: ReadonlySet<string>): Set<string> =>
    initialFold(index, groupSiblings(index), keepOpen);

  it("leaves a small trace open", () => {
    expect(fold(indexTrace(TREE), new Set())).toEqual(new Set());
  });

  it("opens 10,000 rows as a few lines", () => {
    const index = indexTrace(manyRows(10_000, 8));
    expect(linesOf(index, { folded: fold(index, new Set()) }).map(word)).toEqual([
      "-root",
      ...Array.from({ length: 8 }, (_, at) => [
        `-map-${at}`,
        at === 7 ? "+1248×" : "+1249×",
      ]).flat(),
    ]);
  });

  it("opens the levels that fit, and leaves the way to the selected span open", () => {
    const rows = outlineOf(14, 40);
    const index = indexTrace(rows);
    const folded = fold(index, new Set(["root", "n-3"]));
    expect(folded.size).toBe(13);
    expect(folded.has("n-3")).toBe(false);
  });
});

/** Under a root so many nodes, each of them with so many children of different names. */
function outlineOf(nodes: number, children: number) {
  const names = (at: number): string => String.fromCharCode(97 + (at % 26)).repeat(1 + at / 26);
  return [
    makeRow({ spanId: "root" }),
    ...Array.from({ length: nodes }, (_, node) => [
      makeRow({ spanId: `n-${node}`, depth: 1 }),
      ...Array.from({ length: children }, (_child, at) =>
        makeRow({ spanId: `${node}/${at}`, name: names(at), depth: 2 }),
      ),
    ]).flat(),
  ];
}

//  node
//    attempt      passed over
//      call
it("draws what a passed-over attempt did right under its node", () => {
  const rows = [
    makeRow({ spanId: "node" }),
    makeRow({ spanId: "attempt", depth: 1, kind: "attempt" }),
    makeRow({ spanId: "call", depth: 2, kind: "model" }),
  ];
  const index = indexTrace(rows);
  const lines = linesOf(index);
  expect(lines.map(word)).toEqual(["-node", " call"]);
  expect(lines[1]).toMatchObject({ depth: 1 });
  expect(linesOf(index, { folded: new Set(["node"]) }).map(word)).toEqual(["+node"]);
});
