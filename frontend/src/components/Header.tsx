import { useMemo, type ReactElement, type ReactNode } from "react";
import { isUnfinished, nameOfSource, senderId, type Execution } from "../model/trace/execution";
import {
  exactCount,
  exactMoment,
  formatDuration,
  formatMoment,
  plural,
  shortId,
} from "../model/labels/format";
import { NANOS_PER_SECOND } from "../model/time/time";
import type { Row } from "../model/trace/trace";
import type { Workflow } from "../model/trace/workflow";
import { executionConsoleUrl } from "../model/labels/awsConsole";
import { infraIssues, infraIssueText } from "../model/labels/infraIssues";
import type { LoadedTrace } from "../state/traceView";
import { CopyButton } from "./CopyButton";
import { ExportersNote } from "./ExportersNote";
import { HeaderFigures } from "./HeaderFigures";
import { Icon } from "./Icon";
import { OutcomeLine } from "./OutcomeLine";

/** A shorter wait in the queue is not shown. */
const LEAST_WAIT_SHOWN = NANOS_PER_SECOND;

interface HeaderProps {
  readonly loaded: LoadedTrace;
  readonly workflows: readonly Workflow[] | null;
  readonly isOutOfDate: boolean;
  readonly onSelect: (spanId: string) => void;
  readonly onShowArtifacts: () => void;
  readonly onCompare: (() => void) | undefined;
  /** What can be done with the execution, at the end of the facts. */
  readonly menu?: ReactNode;
}

export function Header(props: HeaderProps): ReactElement {
  const { loaded, isOutOfDate, onSelect, onShowArtifacts, onCompare } = props;
  const { trace, outcome } = loaded;
  const { execution } = trace;
  const consoleUrl = executionConsoleUrl(senderId(execution));
  const nodes = props.workflows?.find(
    ({ workflowId }) => workflowId === execution.workflowId,
  )?.nodes;
  const nameOf = (nodeId: string): string => nodes?.find(({ id }) => id === nodeId)?.name ?? nodeId;
  const issues = useMemo(() => infraIssues(loaded.index), [loaded.index]);
  const files = useMemo(() => countFiles(trace.rows), [trace.rows]);
  const hasCalls = useMemo(() => trace.rows.some(({ kind }) => kind === "model"), [trace.rows]);
  return (
    <header className="sv-header">
      <OutcomeLine outcome={outcome} execution={execution} onSelect={onSelect} />
      <HeaderFigures trace={trace} isOutOfDate={isOutOfDate} hasCalls={hasCalls} />
      <div className="sv-facts">
        <NodesRun execution={execution} nameOf={nameOf} isInReason={trace.status === "PARTIAL"} />
        <Fact title={exactMoment(execution.startedAt)}>
          {execution.status === "queued" ? "queued at" : "started"}{" "}
          {formatMoment(execution.startedAt, trace.servedAt)}
        </Fact>
        {execution.beganAt - execution.startedAt >= LEAST_WAIT_SHOWN && (
          <Fact title={exactMoment(execution.beganAt)}>
            waited {formatDuration(execution.beganAt - execution.startedAt)} to begin
          </Fact>
        )}
        {execution.workflowVersion !== "" && (
          <Fact isMinor>version {execution.workflowVersion}</Fact>
        )}
        {execution.startedBy !== "" && <Fact isMinor>by {execution.startedBy}</Fact>}
        {execution.sessionId !== null && (
          <Fact isMinor title="The session or conversation that this execution is part of">
            session {execution.sessionId}
          </Fact>
        )}
        {trace.rows.length < trace.totalRows && (
          <Fact tone="live">
            <span className="sv-live-dot" /> reading {exactCount(trace.rows.length)} of{" "}
            {plural(trace.totalRows, "span")}
          </Fact>
        )}
        {trace.status === "PARTIAL" && (
          <Fact tone="warn">
            <Icon name="warning" /> partial{trace.reason ? `: ${asClause(trace.reason)}` : ""}
          </Fact>
        )}
        {trace.status === "RUNNING" && trace.reason !== null && (
          <Fact tone="warn">
            <Icon name="warning" /> {asClause(trace.reason)}
          </Fact>
        )}
        {execution.spansFrom !== undefined && <SpansFrom source={execution.spansFrom} />}
        {execution.isNewer && (
          <Fact title="There may be more to this execution than the API knows.">
            <Icon name="untraced" /> written by a newer version
          </Fact>
        )}
        {issues.map((issue) => (
          <button
            key={issue.kind}
            type="button"
            className={`sv-fact sv-link sv-issue-${issue.kind}`}
            onClick={() => onSelect(issue.spanId)}
            title="Go to the first of them"
          >
            {infraIssueText(issue)}
          </button>
        ))}
        {execution.counters.dropped > 0 &&
          (trace.status !== "PARTIAL" || trace.reason === null) && (
            <Fact tone="warn">
              <Icon name="warning" /> {plural(execution.counters.dropped, "span")} could not be
              stored
            </Fact>
          )}
        <ExportersNote execution={execution} now={trace.servedAt} />
        {trace.contentAccess === "denied" && (
          <Fact title="Your role has no trace:content: prompts, answers and previews are left out.">
            <Icon name="lock" /> content hidden from your role
          </Fact>
        )}
        {trace.isRestricted && (
          <Fact title="Your role has no trace:content:restricted: fields that this deployment restricts are left out, and previews in the list, because they may hold such fields.">
            <Icon name="lock" /> restricted fields and previews hidden from your role
          </Fact>
        )}
        {isUnfinished(execution) && (
          <Fact tone={isOutOfDate ? "warn" : "live"}>
            <span className="sv-live-dot" /> {isOutOfDate ? "not live: reconnecting" : "live"}
          </Fact>
        )}
        {onCompare && (execution.status === "failed" || execution.status === "lost") && (
          <button type="button" className="sv-fact sv-link" onClick={onCompare} title="d">
            <Icon name="compare" /> compare with the last good run
          </button>
        )}
        {files > 0 && (
          <button type="button" className="sv-fact sv-link" onClick={onShowArtifacts}>
            <Icon name="artifact" /> {plural(files, "artifact")}
          </button>
        )}
        {execution.hold && (
          <Fact
            title={`${exactMoment(execution.hold.heldAt)}: it neither expires nor can be deleted`}
          >
            <Icon name="lock" /> held since {formatMoment(execution.hold.heldAt, trace.servedAt)} by{" "}
            {execution.hold.heldBy}
          </Fact>
        )}
        {execution.externalId !== undefined && (
          <span className="sv-fact sv-fact-id">
            id <code title={execution.externalId}>{shortId(execution.externalId)}</code>
            <CopyButton text={execution.externalId} what="id of its sender" />
          </span>
        )}
        {consoleUrl !== null && (
          <a
            className="sv-fact sv-fact-minor sv-link"
            href={consoleUrl}
            target="_blank"
            rel="noreferrer"
          >
            in the console <Icon name="external" />
          </a>
        )}
        {execution.traceId !== "" && (
          <span className="sv-fact sv-fact-id">
            trace <code title={execution.traceId}>{execution.traceId.slice(0, 8)}…</code>
            <CopyButton text={execution.traceId} what="trace id" />
          </span>
        )}
        {execution.traceUrl !== null && (
          <a
            className="sv-fact sv-fact-minor sv-link"
            href={execution.traceUrl}
            target="_blank"
            rel="noreferrer"
          >
            open in the trace viewer <Icon name="external" />
          </a>
        )}
        {props.menu}
      </div>
    </header>
  );
}

/** Counts each file once, also when two spans name it: its node, and the span that wrote it. */
function countFiles(rows: readonly Row[]): number {
  return new Set(rows.flatMap((row) => row.artifacts.map(({ artifactId }) => artifactId))).size;
}

interface FactProps {
  readonly children: ReactNode;
  readonly title?: string;
  readonly tone?: "warn" | "live";
  /** Hidden in a narrow tab. */
  readonly isMinor?: boolean;
}

function Fact({ children, title, tone, isMinor = false }: FactProps): ReactElement {
  const classes = ["sv-fact", tone && `sv-fact-${tone}`, isMinor && "sv-fact-minor"];
  return (
    <span className={classes.filter(Boolean).join(" ")} title={title}>
      {children}
    </span>
  );
}

/** Turns a sentence into a clause that can follow a colon. */
function asClause(sentence: string): string {
  return `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
}

/** Says that the spans are those of the operator's backend. */
function SpansFrom({ source }: { readonly source: string }): ReactElement {
  const name = nameOfSource(source);
  return (
    <Fact
      title={`The spans are stored in ${name} alone and are read from there: of long texts it has the beginning.`}
    >
      <Icon name="external" /> from {name}
    </Fact>
  );
}

interface NodesRunProps {
  readonly nameOf: (nodeId: string) => string;
  readonly execution: Execution;
  /** The reason why the trace is partial already names the missing nodes. */
  readonly isInReason: boolean;
}

function NodesRun({ execution, nameOf, isInReason }: NodesRunProps): ReactElement | null {
  const { expected, missing } = execution.completeness;
  if (expected.length === 0) return null;
  const ran = expected.length - missing.length;
  if (missing.length === 0) return <Fact>all {plural(expected.length, "node")} ran</Fact>;
  const so = isUnfinished(execution) ? "so far" : "ran";
  return (
    <Fact>
      {ran} of {plural(expected.length, "node")} {so}
      {!isUnfinished(execution) && !(isInReason && execution.status === "succeeded") && (
        <span className="sv-missing"> (not run: {missing.map(nameOf).join(", ")})</span>
      )}
    </Fact>
  );
}
