import { useMemo, useState, type ReactElement } from "react";
import { OutOfDate, ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import { EXECUTION_STATUSES, type Execution, type ExecutionStatus } from "../model/execution";
import { asProblem, type ProblemError } from "../model/problem";
import type { CanvasSource } from "../model/source";
import { nanosFromMilliseconds } from "../model/time";
import { createHistory, withOlder } from "../state/history";
import type { CanvasPlaces } from "../state/place";
import { browserTimer } from "../state/traceReader";
import { HistoryTable } from "./HistoryTable";
import { useResource } from "./useResource";

interface HistoryViewProps {
  readonly source: CanvasSource;
  readonly places: CanvasPlaces;
  /** Null: of all workflows. */
  readonly workflowId: string | null;
  readonly title: string;
}

interface Older {
  readonly items: readonly Execution[];
  /** Undefined: nothing older was read yet, the first page's cursor counts. */
  readonly cursor: string | null | undefined;
}

const NOTHING_OLDER: Older = { items: [], cursor: undefined };

export function HistoryView(props: HistoryViewProps): ReactElement {
  const { source, places, workflowId, title } = props;
  const [status, setStatus] = useState<ExecutionStatus | null>(null);
  const [older, setOlder] = useState(NOTHING_OLDER);
  const [olderProblem, setOlderProblem] = useState<ProblemError | null>(null);
  const history = useMemo(
    () => createHistory(source, { workflowId, status }, browserTimer),
    [source, workflowId, status],
  );
  const { value: page, problem, readAt } = useResource(history);
  const now = nanosFromMilliseconds(readAt);

  const cursor = older.cursor === undefined ? (page?.nextCursor ?? null) : older.cursor;
  const readOlder = async (): Promise<void> => {
    setOlderProblem(null);
    try {
      const { signal } = new AbortController();
      const next = await source.listExecutions({ workflowId, status, cursor }, signal);
      setOlder({ items: [...older.items, ...next.items], cursor: next.nextCursor });
    } catch (error) {
      setOlderProblem(asProblem(error));
    }
  };
  const filter = (wanted: ExecutionStatus | null): void => {
    setStatus(wanted);
    setOlder(NOTHING_OLDER);
  };

  const items = page ? withOlder(page.items, older.items) : [];
  return (
    <section className="cv-section">
      <header className="cv-section-head">
        <h2>{title}</h2>
        <StatusFilter status={status} onChange={filter} />
      </header>
      {page && problem && <OutOfDate problem={problem} onRetry={history.start} />}
      {!page && problem && (
        <ProblemView problem={problem} subject="history" onRetry={history.start} />
      )}
      {!page && !problem && <LinesSkeleton lines={6} />}
      {page && items.length > 0 && (
        <HistoryTable
          executions={items}
          places={places}
          now={now}
          showsWorkflow={workflowId === null}
        />
      )}
      {page && items.length === 0 && (
        <p className="sv-nothing">
          {status === null
            ? "Nothing has run yet. Press Run on a workflow, and its execution appears here."
            : `No execution is ${status}.`}
        </p>
      )}
      {cursor !== null && (
        <button type="button" className="sv-button cv-older" onClick={() => void readOlder()}>
          Show older executions
        </button>
      )}
      {olderProblem && <p className="sv-inline-problem">{olderProblem.message}</p>}
    </section>
  );
}

interface StatusFilterProps {
  readonly status: ExecutionStatus | null;
  readonly onChange: (status: ExecutionStatus | null) => void;
}

function StatusFilter({ status, onChange }: StatusFilterProps): ReactElement {
  return (
    <label className="cv-filter">
      Status
      <select
        value={status ?? ""}
        onChange={(event) => {
          const wanted = event.target.value;
          onChange(EXECUTION_STATUSES.find((candidate) => candidate === wanted) ?? null);
        }}
      >
        <option value="">all</option>
        {EXECUTION_STATUSES.map((candidate) => (
          <option key={candidate} value={candidate}>
            {candidate}
          </option>
        ))}
      </select>
    </label>
  );
}
