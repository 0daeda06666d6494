import { expect, it } from "vitest";
import { makeExecution, outline } from "../../testing/make";
import { deepestFailingSpan, newestRunningSpan } from "./failingSpan";
import { indexTrace } from "./traceIndex";

//  root !
//    survived
//      item !
//    escalate !
//      attempt-1 !
//        call-1 !
//      attempt-2 !
//        call-2 !
const TREE = outline(`
  root !
    survived
      item !
    escalate !
      attempt-1 !
        call-1 !
      attempt-2 !
        call-2 !
`);

it("goes down the chain of failures, at each level the one that failed last", () => {
  expect(deepestFailingSpan(indexTrace(TREE), makeExecution({ status: "failed" }))).toBe("call-2");
});

it("starts at the span that the execution names as its cause", () => {
  const cause = { nodeId: null, spanId: "attempt-1", errorType: "E", message: "" };
  expect(deepestFailingSpan(indexTrace(TREE), makeExecution({ cause }))).toBe("call-1");
});

it("starts at the cause's node when its span has not arrived", () => {
  const rows = TREE.map((row) => (row.spanId === "item" ? { ...row, nodeId: "history" } : row));
  const cause = { nodeId: "history", spanId: "gone", errorType: "E", message: "" };
  expect(deepestFailingSpan(indexTrace(rows), makeExecution({ cause }))).toBe("item");
});

it("finds nothing where nothing failed", () => {
  expect(deepestFailingSpan(indexTrace(outline("root")), makeExecution())).toBeNull();
});

it("follows the running span that started last", () => {
  const index = indexTrace(
    outline(`
      root ~
        done
        draft ~
          call ~
    `),
  );
  expect(newestRunningSpan(index)).toBe("call");
});
