import type { ReactElement } from "react";
import { executionMark, type StatusMark } from "../components/statusMarks";
import { formatDuration } from "../model/labels/format";
import { executionLength, type Execution } from "../model/trace/execution";

interface SparklineProps {
  /** Newest first, as the history has them. */
  readonly executions: readonly Execution[];
}

const MOST = 60;
const HEIGHT = 28;
const STEP = 5;
const BAR_WIDTH = STEP - 1.5;

/** Draws the durations of the last runs, oldest first, each with the mark of its status. */
export function Sparkline({ executions }: SparklineProps): ReactElement | null {
  const ended = executions
    .flatMap((execution) => {
      const { endedAt } = execution;
      const length = endedAt === null ? null : executionLength(execution, endedAt);
      return length === null ? [] : [{ execution, length, mark: executionMark(execution) }];
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
      height={HEIGHT + 4}
      role="img"
      aria-label={[
        `Durations of the last ${ended.length} executions, at most ${formatDuration(longest)}`,
        ...countsOf(ended.map(({ mark }) => mark)),
      ].join("; ")}
    >
      {ended.map(({ execution, length, mark }, at) => {
        const height = Math.max(2, (Number(length) / Number(longest)) * HEIGHT);
        return (
          <g key={execution.executionId} className={`sv-status-${mark.tone}`}>
            <title>{wordsOf(execution, mark, length)}</title>
            <rect x={at * STEP} y={HEIGHT - height} width={BAR_WIDTH} height={height} />
            <Below tone={mark.tone} left={at * STEP} />
          </g>
        );
      })}
    </svg>
  );
}

/** What stands below a bar, so that its colour is not all that tells: a stroke for bad, a dot for attention. */
function Below({ tone, left }: { tone: StatusMark["tone"]; left: number }): ReactElement | null {
  if (tone === "bad") return <rect x={left} y={HEIGHT + 1} width={BAR_WIDTH} height="2" />;
  if (tone === "warn") return <circle cx={left + BAR_WIDTH / 2} cy={HEIGHT + 2.4} r="1.5" />;
  return null;
}

function wordsOf({ cause }: Execution, { word }: StatusMark, length: bigint): string {
  const why = cause === null ? "" : ` (${cause.errorType})`;
  return `${word}${why}, ${formatDuration(length)}`;
}

/** How many ended otherwise than well, by their words: `2 failed`. */
function countsOf(marks: readonly StatusMark[]): readonly string[] {
  const words = new Map<string, number>();
  for (const { word, tone } of marks) {
    if (tone !== "good") words.set(word, (words.get(word) ?? 0) + 1);
  }
  return [...words].map(([word, count]) => `${count} ${word}`);
}
