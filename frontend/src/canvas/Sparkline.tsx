import type { ReactElement } from "react";
import { formatDuration } from "../model/labels/format";
import { executionLength, type Execution } from "../model/trace/execution";

interface SparklineProps {
  /** Newest first, as the history has them. */
  readonly executions: readonly Execution[];
}

const MOST = 60;
const HEIGHT = 28;
const STEP = 5;

/** Draws the durations of the last runs, oldest first; failed ones are red and have a mark below. */
export function Sparkline({ executions }: SparklineProps): ReactElement | null {
  const ended = executions
    .flatMap((execution) => {
      const { executionId, endedAt, status } = execution;
      const length = endedAt === null ? null : executionLength(execution, endedAt);
      return length === null ? [] : [{ executionId, length, status }];
    })
    .slice(0, MOST)
    .reverse();
  if (ended.length < 2) return null;
  const longest = ended.reduce((most, { length }) => (length > most ? length : most), 1n);
  const width = ended.length * STEP;
  return (
    <svg
      className="cv-spark"
      width={width}
      height={HEIGHT + 3}
      role="img"
      aria-label={`Durations of the last ${ended.length} executions, at most ${formatDuration(longest)}`}
    >
      {ended.map(({ executionId, length, status }, at) => {
        const height = Math.max(2, (Number(length) / Number(longest)) * HEIGHT);
        const isBad = status === "failed" || status === "lost";
        return (
          <g key={executionId} className={isBad ? "cv-spark-bad" : ""}>
            <title>{`${status}, ${formatDuration(length)}`}</title>
            <rect x={at * STEP} y={HEIGHT - height} width={STEP - 1.5} height={height} />
            {isBad && <rect x={at * STEP} y={HEIGHT + 1} width={STEP - 1.5} height="2" />}
          </g>
        );
      })}
    </svg>
  );
}
