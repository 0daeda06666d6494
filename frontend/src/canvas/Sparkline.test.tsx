import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { ExecutionStatus } from "../model/trace/execution";
import { makeExecution } from "../testing/make";
import { Sparkline } from "./Sparkline";

function drawn(statuses: readonly ExecutionStatus[]): string {
  const executions = statuses.map((status, at) => makeExecution({ executionId: `e${at}`, status }));
  return renderToStaticMarkup(<Sparkline executions={executions} />);
}

it("marks each run as the history does, and counts those that did not go well", () => {
  const markup = drawn(["failed", "waiting", "cancelled", "lost", "succeeded", "waiting"]);
  expect(markup.match(/sv-status-[a-z]+/g)).toEqual([
    "sv-status-warn",
    "sv-status-good",
    "sv-status-bad",
    "sv-status-idle",
    "sv-status-warn",
    "sv-status-bad",
  ]);
  expect(markup).toContain(
    'aria-label="Durations of the last 6 executions, at most 5.00 s; 2 waiting; 1 lost; 1 cancelled; 1 failed"',
  );
  expect(markup).toContain("<title>cancelled, 5.00 s</title>");
});

it("marks what is wrong or waits below its bar, too, and what went well by nothing", () => {
  expect(drawn(["succeeded", "succeeded"]).match(/<(rect|circle)/g)).toHaveLength(2);
  expect(drawn(["failed", "failed"]).match(/<rect/g)).toHaveLength(4);
  expect(drawn(["waiting", "waiting"]).match(/<circle/g)).toHaveLength(2);
});
