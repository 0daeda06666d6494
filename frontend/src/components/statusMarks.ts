/**
 * The mark of a status: icon, word and tone. The only home of these marks, for the history, its sparkline, the
 * comparison, the graph, the tree and the header.
 */

import { controlFlowOf, rowWord } from "../model/labels/describe";
import { isTimeout } from "../model/labels/infraIssues";
import type { Tone } from "../model/labels/outcomeSummary";
import type { Execution, ExecutionStatus } from "../model/trace/execution";
import type { Row, RowStatus } from "../model/trace/trace";
import type { IconName } from "./icons";

export interface StatusMark {
  /** Null for a span that went well: what is quiet is fine. */
  readonly icon: IconName | null;
  readonly word: string;
  /** The name of its colour: the class is `sv-status-` and this. */
  readonly tone: Tone;
  /** It moves while the work goes on. */
  readonly isMoving: boolean;
}

/** The mark of an execution, which always has an icon. */
export interface ExecutionMark extends StatusMark {
  readonly icon: IconName;
}

const EXECUTION_MARKS: Readonly<Record<ExecutionStatus, readonly [icon: IconName, tone: Tone]>> = {
  queued: ["queued", "idle"],
  running: ["running", "live"],
  succeeded: ["ok", "good"],
  failed: ["error", "bad"],
  lost: ["lost", "bad"],
  untraced: ["untraced", "warn"],
  waiting: ["waiting", "warn"],
  cancelled: ["cancelled", "idle"],
  deleted: ["trash", "idle"],
};

const ROW_MARKS: Readonly<Record<RowStatus, readonly [icon: IconName | null, tone: Tone]>> = {
  ok: [null, "good"],
  unset: [null, "idle"],
  error: ["error", "bad"],
  lost: ["lost", "bad"],
  running: ["running", "live"],
};

const CONTROL_FLOW_MARKS: Readonly<Record<string, readonly [icon: IconName, tone: Tone]>> = {
  interrupted: ["waiting", "warn"],
  cancelled: ["cancelled", "idle"],
  left_early: ["leftEarly", "idle"],
  passed_on: ["passedOn", "idle"],
};

/** Returns the mark of an execution; one that failed because its time was over has an icon of its own. */
export function executionMark({
  status,
  cause,
}: Pick<Execution, "status" | "cause">): ExecutionMark {
  const [usual, tone] = EXECUTION_MARKS[status];
  const icon = status === "failed" && isTimeout(cause?.errorType) ? "timeout" : usual;
  return { icon, word: status, tone, isMoving: status === "running" };
}

/** Returns the mark of how a row's span ended: by the control flow that ended it, else by its status. */
export function rowMark(row: Pick<Row, "status" | "marks" | "error">): StatusMark {
  const flow = controlFlowOf(row);
  const known = flow === undefined ? undefined : CONTROL_FLOW_MARKS[flow];
  const [usual, tone] = known ?? ROW_MARKS[row.status];
  const isLate = usual === "error" && isTimeout(row.error?.type);
  return {
    icon: isLate ? "timeout" : usual,
    word: rowWord(row),
    tone,
    isMoving: usual === "running",
  };
}
