import { expect, it } from "vitest";
import { makeRow, SECOND, START } from "../../testing/make";
import { nodeOf, nodeRuns } from "./nodeRuns";
import { totals } from "./totals";
import { indexTrace } from "./traceIndex";

//  root
//    draft            1 s
//      call           cost 5, and says its node again
//    send  !          3 s
//    send             2 s, at a second time
const ROWS = [
  makeRow({ spanId: "root", kind: "workflow" }),
  makeRow({ spanId: "draft", depth: 1, nodeId: "draft" }),
  makeRow({ spanId: "call", depth: 2, nodeId: "draft", kind: "model", costNanoUsd: 5 }),
  makeRow({ spanId: "s1", depth: 1, nodeId: "send", status: "error", end: START + 3n * SECOND }),
  makeRow({ spanId: "s2", depth: 1, nodeId: "send", end: START + 2n * SECOND }),
];

it("tells how each node went: the worst status, the whole time and cost, the span that failed", () => {
  const index = indexTrace(ROWS);
  expect([...nodeRuns(index, totals(index), START)]).toEqual([
    ["draft", { position: 1, ending: ROWS[1], nanos: 1e9, costNanoUsd: 5, times: 1 }],
    ["send", { position: 3, ending: ROWS[3], nanos: 5e9, costNanoUsd: null, times: 2 }],
  ]);
});

it("tells of spans that are as bad how the later one ended", () => {
  const root = makeRow({ spanId: "root", kind: "workflow" });
  const interrupted = makeRow({ spanId: "a1", depth: 1, nodeId: "ask", marks: ["interrupted"] });
  const resumed = makeRow({ spanId: "a2", depth: 1, nodeId: "ask" });
  const endings = [[interrupted], [interrupted, resumed], [resumed, interrupted]].map((spans) => {
    const index = indexTrace([root, ...spans]);
    return nodeRuns(index, totals(index), START).get("ask")?.ending;
  });
  expect(endings).toEqual([interrupted, resumed, interrupted]);
});

it("knows the node of any span inside it", () => {
  const index = indexTrace(
    ROWS.map((row) => (row.spanId === "call" ? { ...row, nodeId: null } : row)),
  );
  expect([0, 1, 2].map((position) => nodeOf(index, position))).toEqual([null, "draft", "draft"]);
});
