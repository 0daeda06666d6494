/** Chooses the run of one side of the comparison, among the last runs of the workflow. */

import type { ReactElement } from "react";
import { executionMark } from "../components/statusMarks";
import { executionLength, senderId, type Execution } from "../model/trace/execution";
import { formatDuration, formatMoment, shortId } from "../model/labels/format";
import { nanosFromMilliseconds } from "../model/time/time";

interface RunPickerProps {
  readonly label: string;
  /** Empty while none is chosen. */
  readonly executionId: string;
  readonly runs: readonly Execution[];
  readonly readAt: number;
  readonly onChoose: (executionId: string) => void;
}

export function RunPicker(props: RunPickerProps): ReactElement {
  const { label, executionId, runs, readAt, onChoose } = props;
  const now = nanosFromMilliseconds(readAt);
  const isListed = runs.some((run) => run.executionId === executionId);
  return (
    <label className="cv-filter">
      <span>{label}</span>
      <select value={executionId} onChange={(event) => onChoose(event.target.value)}>
        {executionId === "" && <option value="">choose a run</option>}
        {executionId !== "" && !isListed && (
          <option value={executionId}>{shortId(executionId)}</option>
        )}
        {runs.map((run) => (
          <option key={run.executionId} value={run.executionId}>
            {wordsOf(run, now)}
          </option>
        ))}
      </select>
    </label>
  );
}

function wordsOf(run: Execution, now: bigint): string {
  const { startedAt, endedAt } = run;
  const length = endedAt === null ? null : executionLength(run, now);
  const took = length === null ? "" : formatDuration(length);
  return [executionMark(run).word, formatMoment(startedAt, now), took, shortId(senderId(run))]
    .filter(Boolean)
    .join(" · ");
}
