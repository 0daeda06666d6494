import { expect, it } from "vitest";
import { EXECUTION_STATUSES, type Cause } from "../model/trace/execution";
import { executionMark, rowMark } from "./statusMarks";

const CAUSE: Cause = { nodeId: null, spanId: null, errorType: "ValueError", message: "" };

it("tells every status of an execution by icon, word and tone", () => {
  const marks = EXECUTION_STATUSES.map((status) => executionMark({ status, cause: null }));
  expect(marks.map(({ icon, word, tone }) => [word, icon, tone])).toEqual([
    ["queued", "queued", "idle"],
    ["running", "running", "live"],
    ["succeeded", "ok", "good"],
    ["failed", "error", "bad"],
    ["lost", "lost", "bad"],
    ["untraced", "untraced", "warn"],
    ["waiting", "waiting", "warn"],
    ["cancelled", "cancelled", "idle"],
    ["deleted", "trash", "idle"],
  ]);
});

it("tells a failure for lack of time from others", () => {
  const iconOf = (errorType: string): string =>
    executionMark({ status: "failed", cause: { ...CAUSE, errorType } }).icon;
  expect(["ValueError", "States.Timeout", "DEADLINE_EXCEEDED"].map(iconOf)).toEqual([
    "error",
    "timeout",
    "timeout",
  ]);
});

it("marks a span by the control flow that ended it before its status", () => {
  const ends = ["interrupted", "cancelled", "left_early", "passed_on", "redacted"];
  const marks = ends.map((mark) => rowMark({ status: "unset", marks: [mark], error: null }));
  expect(marks.map(({ icon, word }) => [word, icon])).toEqual([
    ["interrupted", "waiting"],
    ["cancelled", "cancelled"],
    ["left early", "leftEarly"],
    ["passed on", "passedOn"],
    ["ended", null],
  ]);
});
