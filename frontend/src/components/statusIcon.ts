import type { ExecutionStatus } from "../model/trace/execution";
import type { RowStatus } from "../model/trace/trace";
import type { IconName } from "./icons";

const EXECUTION_ICONS: Readonly<Record<ExecutionStatus, IconName>> = {
  queued: "queued",
  running: "running",
  succeeded: "ok",
  failed: "error",
  lost: "lost",
  untraced: "untraced",
  waiting: "queued",
  cancelled: "close",
  deleted: "trash",
};

/** Returns the icon of an execution's status. */
export function executionIcon(status: ExecutionStatus): IconName {
  return EXECUTION_ICONS[status];
}

/** A span that went well has no mark: what is quiet is fine. */
export function rowIcon(status: RowStatus): IconName | null {
  return status === "error" || status === "lost" || status === "running" ? status : null;
}
