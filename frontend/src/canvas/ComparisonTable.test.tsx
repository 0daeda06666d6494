import { expect, it } from "vitest";
import type { Execution } from "../model/trace/execution";
import type { RunSide } from "../model/diff/alignRuns";
import { totals } from "../model/trace/totals";
import type { Row } from "../model/trace/trace";
import { indexTrace } from "../model/trace/traceIndex";
import { makeExecution, makeRow, makeTrace, SECOND, START } from "../testing/make";
import { fakeSource } from "../testing/fakeSource";
import { textOf } from "../testing/render";
import type { PageStateStore } from "../state/viewState";
import { ComparisonTable } from "./ComparisonTable";

const pageStore = { href: () => "#" } as unknown as PageStateStore;

function side(
  executionId: string,
  rows: readonly Row[],
  status: Execution["status"] = "succeeded",
): RunSide {
  const index = indexTrace([makeRow({ spanId: "root", kind: "workflow" }), ...rows]);
  const execution = makeExecution({ executionId, status });
  return { trace: makeTrace(index.rows, { execution }), index, sums: totals(index) };
}

it("shows for each node what changed from the left to the right run", () => {
  const left = side("good", [
    makeRow({ spanId: "p", depth: 1, nodeId: "plan", costNanoUsd: 2_000 }),
    makeRow({ spanId: "s", depth: 1, nodeId: "send" }),
  ]);
  const right = side("bad", [
    makeRow({
      spanId: "P",
      depth: 1,
      nodeId: "plan",
      costNanoUsd: 2_000,
      end: START + 3n * SECOND,
    }),
  ]);
  const text = textOf(
    <ComparisonTable
      source={fakeSource() as never}
      left={left}
      right={right}
      pageStore={pageStore}
    />,
  );
  expect(text).toContain("ok 1.00 s ok 3.00 s +2.00 s – same");
  expect(text).toContain("did not run – – –");
});

it("marks a run that waits, and nodes that were interrupted, cancelled or out of time", () => {
  const left = side("good", [
    makeRow({ spanId: "p", depth: 1, nodeId: "plan", marks: ["cancelled"] }),
  ]);
  const error = { type: "ReadTimeout", message: "" };
  const right = side(
    "asking",
    [
      makeRow({ spanId: "P", depth: 1, nodeId: "plan", marks: ["interrupted"] }),
      makeRow({ spanId: "S", depth: 1, nodeId: "send", status: "error", error }),
    ],
    "waiting",
  );
  const text = textOf(
    <ComparisonTable
      source={fakeSource() as never}
      left={left}
      right={right}
      pageStore={pageStore}
    />,
  );
  expect(text).toContain("P cancelled 1.00 s interrupted 1.00 s");
  expect(text).toContain("did not run timed out 1.00 s ReadTimeout");
  expect(text).toContain("waiting");
});
