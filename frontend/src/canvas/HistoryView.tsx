import { useMemo, useState, type ReactElement } from "react";
import { Icon } from "../components/Icon";
import { InlineProblem, OutOfDate, ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import { EXECUTION_FILTERS, type ExecutionFilter } from "../model/trace/execution";
import { exactMoment, formatMoment, plural } from "../model/labels/format";
import type { CanvasSource } from "../model/trace/source";
import { nanosFromMilliseconds, type Nanos } from "../model/time/time";
import type { Workflow } from "../model/trace/workflow";
import {
  createHistory,
  inOrder,
  withOlder,
  withOlderUnreadable,
  type ListedPage,
} from "../state/history";
import { createOlderPages } from "../state/olderPages";
import type { PageStateStore } from "../state/viewState";
import { browserTimer } from "../state/polling";
import { PageLink } from "./PageLink";
import { HistoryTable } from "./HistoryTable";
import { Sparkline } from "./Sparkline";
import { useOlder } from "./useOlder";
import { useResource } from "../components/useResource";

interface HistoryViewProps {
  readonly source: CanvasSource;
  readonly pageStore: PageStateStore;
  /** Null: of all workflows. */
  readonly workflowId: string | null;
  readonly title: string;
  readonly workflows?: readonly Workflow[] | null;
  /** Whether the executor has a document of the workflow; null while that is not known. */
  readonly isShipped?: boolean | null;
}

export function HistoryView(props: HistoryViewProps): ReactElement {
  const { source, pageStore, workflowId, title, workflows = null, isShipped = null } = props;
  const [status, setStatus] = useState<ExecutionFilter | null>(null);
  const [seconds, setSeconds] = useState<number | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const query = useMemo(
    () => ({ workflowId: workflowId ?? chosen, status, seconds }),
    [workflowId, chosen, status, seconds],
  );
  const [history, pages] = useMemo(
    () => [createHistory(source, query, browserTimer), createOlderPages(source)],
    [source, query],
  );
  const { value: page, problem, readAt } = useResource(history);
  const older = useOlder(pages, page);
  const now = nanosFromMilliseconds(readAt);
  const items = page ? withOlder(page, older.page?.items ?? []) : [];
  const entries = inOrder(items, page ? withOlderUnreadable(page, older.page) : []);
  const last = older.page ?? page;
  const isFiltered = status !== null || seconds !== null || chosen !== null;
  return (
    <section className="cv-section">
      <header className="cv-section-head">
        <h2>{title}</h2>
        <Sparkline executions={items} />
        <div className="cv-filters">
          {workflowId === null && (
            <WorkflowFilter workflows={workflows} workflowId={chosen} onChange={setChosen} />
          )}
          <TimeFilter seconds={seconds} onChange={setSeconds} />
          <StatusFilter status={status} onChange={setStatus} />
        </div>
      </header>
      {page && problem && <OutOfDate problem={problem} subject="history" onRetry={history.start} />}
      {!page && problem && (
        <ProblemView problem={problem} subject="history" onRetry={history.start} />
      )}
      {!page && !problem && <LinesSkeleton lines={6} />}
      {page && entries.length > 0 && (
        <HistoryTable
          entries={entries}
          pageStore={pageStore}
          now={now}
          showsWorkflow={workflowId === null}
        />
      )}
      {last && entries.length === 0 && (
        <NothingListed
          isFiltered={isFiltered}
          isAll={last.nextCursor === null}
          workflowId={workflowId}
          isShipped={isShipped}
          pageStore={pageStore}
        />
      )}
      {last?.nextCursor != null && (
        <GoOn page={last} now={now} isReading={older.isReading} onGoOn={older.readOlder} />
      )}
      {older.problem && (
        <InlineProblem
          what="Older executions were not read."
          problem={older.problem}
          subject="history"
          onRetry={older.readOlder}
        />
      )}
    </section>
  );
}

interface GoOnProps {
  /** The last page that was read; older ones follow. */
  readonly page: ListedPage;
  readonly now: Nanos;
  readonly isReading: boolean;
  readonly onGoOn: () => void;
}

/** Offers older executions; says how far back a filter has searched, if it has not found enough. */
function GoOn({ page, now, isReading, onGoOn }: GoOnProps): ReactElement {
  const { passedOver, lookedThrough } = page;
  const isLooking = passedOver > 0 && lookedThrough !== null;
  const go = isLooking ? "Go on looking" : "Show older executions";
  return (
    <div className="cv-older">
      {isLooking && (
        <p className="cv-looked" role="status" title={exactMoment(lookedThrough)}>
          Looked through until {formatMoment(lookedThrough, now)}
          <span className="sv-note"> · {plural(passedOver, "other execution")}</span>
        </p>
      )}
      <button type="button" className="sv-button" disabled={isReading} onClick={onGoOn}>
        {isReading ? "Looking…" : go}
      </button>
    </div>
  );
}

interface NothingListedProps {
  readonly isFiltered: boolean;
  /** Whether the whole history has been looked through. */
  readonly isAll: boolean;
  readonly workflowId: string | null;
  readonly isShipped: boolean | null;
  readonly pageStore: PageStateStore;
}

function NothingListed(props: NothingListedProps): ReactElement {
  const { isFiltered, isAll, workflowId, isShipped, pageStore } = props;
  if (!isAll) return <p className="sv-nothing">No execution found so far.</p>;
  if (isFiltered) return <p className="sv-nothing">No execution passes the filter.</p>;
  if (workflowId !== null && isShipped === false) {
    return <UnknownWorkflow workflowId={workflowId} pageStore={pageStore} />;
  }
  return (
    <div className="sv-state" role="status">
      <Icon name="play" className="sv-state-icon" />
      <h3>Nothing has run yet</h3>
      <p>Executions appear here by themselves, whoever starts them.</p>
      {isShipped && (
        <div className="sv-state-actions">
          <PageLink
            pageStore={pageStore}
            to={{ executionId: null, tab: "workflow" }}
            className="sv-button sv-primary"
          >
            Run it
          </PageLink>
        </div>
      )}
    </div>
  );
}

/** Says that a workflow has neither a document nor a stored run: a wrong address, or its runs have expired. */
function UnknownWorkflow(props: {
  readonly workflowId: string;
  readonly pageStore: PageStateStore;
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
        <PageLink
          pageStore={props.pageStore}
          to={{ workflowId: null, executionId: null, tab: "workflow" }}
          className="sv-button"
        >
          All workflows
        </PageLink>
      </div>
    </div>
  );
}

interface StatusFilterProps {
  readonly status: ExecutionFilter | null;
  readonly onChange: (status: ExecutionFilter | null) => void;
}

function StatusFilter({ status, onChange }: StatusFilterProps): ReactElement {
  return (
    <label className="cv-filter">
      Status
      <select
        value={status ?? ""}
        onChange={(event) => {
          const wanted = event.target.value;
          onChange(EXECUTION_FILTERS.find((candidate) => candidate === wanted) ?? null);
        }}
      >
        <option value="">all</option>
        {EXECUTION_FILTERS.map((candidate) => (
          <option key={candidate} value={candidate}>
            {candidate.replaceAll("_", " ")}
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
