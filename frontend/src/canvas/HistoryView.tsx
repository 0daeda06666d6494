import { useMemo, useState, type ReactElement } from "react";
import { Icon } from "../components/Icon";
import { InlineProblem, OutOfDate, ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import { EXECUTION_STATUSES, type Execution, type ExecutionStatus } from "../model/execution";
import { asProblem, type ProblemError } from "../model/problem";
import type { CanvasSource } from "../model/source";
import { nanosFromMilliseconds } from "../model/time";
import type { Workflow } from "../model/workflow";
import { asExecutionQuery, createHistory, withOlder } from "../state/history";
import type { CanvasPlaces } from "../state/place";
import { browserTimer } from "../state/polling";
import { PlaceLink } from "./PlaceLink";
import { HistoryTable } from "./HistoryTable";
import { Sparkline } from "./Sparkline";
import { useResource } from "../components/useResource";

interface HistoryViewProps {
  readonly source: CanvasSource;
  readonly places: CanvasPlaces;
  /** Null: of all workflows. */
  readonly workflowId: string | null;
  readonly title: string;
  readonly workflows?: readonly Workflow[] | null;
  /** Whether the executor has a document of the workflow; null while that is not known. */
  readonly isShipped?: boolean | null;
}

interface Older {
  readonly items: readonly Execution[];
  /** Undefined: nothing older was read yet, the first page's cursor counts. */
  readonly cursor: string | null | undefined;
}

const NOTHING_OLDER: Older = { items: [], cursor: undefined };

export function HistoryView(props: HistoryViewProps): ReactElement {
  const { source, places, workflowId, title, workflows = null, isShipped = null } = props;
  const [status, setStatus] = useState<ExecutionStatus | null>(null);
  const [older, setOlder] = useState(NOTHING_OLDER);
  const [olderProblem, setOlderProblem] = useState<ProblemError | null>(null);
  const [seconds, setSeconds] = useState<number | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const query = useMemo(
    () => ({ workflowId: workflowId ?? chosen, status, seconds }),
    [workflowId, chosen, status, seconds],
  );
  const history = useMemo(() => createHistory(source, query, browserTimer), [source, query]);
  const { value: page, problem, readAt } = useResource(history);
  const now = nanosFromMilliseconds(readAt);

  const cursor = older.cursor === undefined ? (page?.nextCursor ?? null) : older.cursor;
  const readOlder = async (): Promise<void> => {
    setOlderProblem(null);
    try {
      const { signal } = new AbortController();
      const next = await source.listExecutions(asExecutionQuery(query, cursor, Date.now()), signal);
      setOlder({ items: [...older.items, ...next.items], cursor: next.nextCursor });
    } catch (error) {
      setOlderProblem(asProblem(error));
    }
  };
  const change = (step: () => void): void => {
    step();
    setOlder(NOTHING_OLDER);
  };

  const items = page ? withOlder(page.items, older.items) : [];
  return (
    <section className="cv-section">
      <header className="cv-section-head">
        <h2>{title}</h2>
        <Sparkline executions={items} />
        <div className="cv-filters">
          {workflowId === null && (
            <WorkflowFilter
              workflows={workflows}
              workflowId={chosen}
              onChange={(id) => change(() => setChosen(id))}
            />
          )}
          <TimeFilter seconds={seconds} onChange={(time) => change(() => setSeconds(time))} />
          <StatusFilter status={status} onChange={(wanted) => change(() => setStatus(wanted))} />
        </div>
      </header>
      {page && problem && <OutOfDate problem={problem} subject="history" onRetry={history.start} />}
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
        <NothingListed
          isFiltered={status !== null || seconds !== null || chosen !== null}
          workflowId={workflowId}
          isShipped={isShipped}
          places={places}
        />
      )}
      {cursor !== null && (
        <button type="button" className="sv-button cv-older" onClick={() => void readOlder()}>
          Show older executions
        </button>
      )}
      {olderProblem && (
        <InlineProblem
          what="Older executions were not read."
          problem={olderProblem}
          subject="history"
          onRetry={() => void readOlder()}
        />
      )}
    </section>
  );
}

interface NothingListedProps {
  readonly isFiltered: boolean;
  readonly workflowId: string | null;
  readonly isShipped: boolean | null;
  readonly places: CanvasPlaces;
}

function NothingListed(props: NothingListedProps): ReactElement {
  const { isFiltered, workflowId, isShipped, places } = props;
  if (isFiltered) return <p className="sv-nothing">No execution passes the filter.</p>;
  if (workflowId !== null && isShipped === false) {
    return <UnknownWorkflow workflowId={workflowId} places={places} />;
  }
  return (
    <div className="sv-state" role="status">
      <Icon name="play" className="sv-state-icon" />
      <h3>Nothing has run yet</h3>
      <p>Executions appear here by themselves, whoever starts them.</p>
      {isShipped && (
        <div className="sv-state-actions">
          <PlaceLink
            places={places}
            to={{ executionId: null, tab: "workflow" }}
            className="sv-button sv-primary"
          >
            Run it
          </PlaceLink>
        </div>
      )}
    </div>
  );
}

/** No document describes it, and no run of it is stored: a mistake in the address, or it is long ago. */
function UnknownWorkflow(props: {
  readonly workflowId: string;
  readonly places: CanvasPlaces;
}): ReactElement {
  return (
    <div className="sv-state" role="status">
      <Icon name="search" className="sv-state-icon" />
      <h3>There is no workflow “{props.workflowId}”</h3>
      <p>
        Its id may be mistyped, it may belong to another tenant, or the retention time of all its
        executions has passed. Its first execution appears here by itself.
      </p>
      <div className="sv-state-actions">
        <PlaceLink
          places={props.places}
          to={{ workflowId: null, executionId: null, tab: "workflow" }}
          className="sv-button"
        >
          All workflows
        </PlaceLink>
      </div>
    </div>
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

const TIMES: readonly (readonly [label: string, seconds: number])[] = [
  ["last hour", 3_600],
  ["last day", 86_400],
  ["last week", 604_800],
];

interface TimeFilterProps {
  readonly seconds: number | null;
  readonly onChange: (seconds: number | null) => void;
}

function TimeFilter({ seconds, onChange }: TimeFilterProps): ReactElement {
  return (
    <label className="cv-filter">
      Started
      <select
        value={seconds ?? ""}
        onChange={(event) =>
          onChange(event.target.value === "" ? null : Number(event.target.value))
        }
      >
        <option value="">any time</option>
        {TIMES.map(([label, value]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface WorkflowFilterProps {
  readonly workflows: readonly Workflow[] | null;
  readonly workflowId: string | null;
  readonly onChange: (workflowId: string | null) => void;
}

function WorkflowFilter({ workflows, workflowId, onChange }: WorkflowFilterProps): ReactElement {
  return (
    <label className="cv-filter">
      Workflow
      <select
        value={workflowId ?? ""}
        onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      >
        <option value="">all</option>
        {workflows?.map((workflow) => (
          <option key={workflow.workflowId} value={workflow.workflowId}>
            {workflow.name}
          </option>
        ))}
      </select>
    </label>
  );
}
