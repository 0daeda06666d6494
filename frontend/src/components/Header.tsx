import { useMemo, type ReactElement, type ReactNode } from "react";
import { isUnfinished, type Execution } from "../model/execution";
import {
  exactCost,
  exactCount,
  exactDuration,
  exactMoment,
  formatCost,
  formatDuration,
  formatMoment,
  plural,
} from "../model/format";
import { exactTokens, tokensArrow } from "../model/describe";
import { laterOf, type Nanos } from "../model/time";
import type { Row } from "../model/trace";
import type { LoadedTrace } from "../state/traceView";
import { CopyButton } from "./CopyButton";
import { Icon } from "./Icon";
import { VerdictLine } from "./VerdictLine";

interface HeaderProps {
  readonly loaded: LoadedTrace;
  readonly isOutOfDate: boolean;
  readonly onSelect: (spanId: string) => void;
  readonly onShowArtifacts: () => void;
}

export function Header(props: HeaderProps): ReactElement {
  const { loaded, isOutOfDate, onSelect, onShowArtifacts } = props;
  const { trace, verdict } = loaded;
  const { execution } = trace;
  const files = useMemo(() => countFiles(trace.rows), [trace.rows]);
  return (
    <header className="sv-header">
      <VerdictLine verdict={verdict} status={execution.status} onSelect={onSelect} />
      <Figures execution={execution} servedAt={trace.servedAt} />
      <div className="sv-facts">
        <NodesRun execution={execution} />
        <Fact title={exactMoment(execution.startedAt)}>
          started {formatMoment(execution.startedAt, trace.servedAt)}
        </Fact>
        <Fact isMinor>version {execution.workflowVersion}</Fact>
        <Fact isMinor>by {execution.startedBy}</Fact>
        {trace.status === "PARTIAL" && (
          <Fact tone="warn">
            <Icon name="warning" /> partial{trace.reason ? `: ${trace.reason}` : ""}
          </Fact>
        )}
        {execution.counters.dropped > 0 && (
          <Fact tone="warn">
            <Icon name="warning" /> {plural(execution.counters.dropped, "span")} could not be stored
          </Fact>
        )}
        {trace.contentAccess === "denied" && (
          <Fact title="Your role has no trace:content: prompts, answers and previews are left out.">
            <Icon name="lock" /> content hidden from your role
          </Fact>
        )}
        {isUnfinished(execution) && (
          <Fact tone={isOutOfDate ? "warn" : "live"}>
            <span className="sv-live-dot" /> {isOutOfDate ? "not live: reconnecting" : "live"}
          </Fact>
        )}
        {files > 0 && (
          <button type="button" className="sv-fact sv-link" onClick={onShowArtifacts}>
            <Icon name="artifact" /> {plural(files, "artifact")}
          </button>
        )}
        <span className="sv-fact sv-fact-id">
          trace <code title={execution.traceId}>{execution.traceId.slice(0, 8)}…</code>
          <CopyButton text={execution.traceId} what="trace id" />
        </span>
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
      </div>
    </header>
  );
}

/** A file that two spans name (its node, and the span that wrote it) is one file. */
function countFiles(rows: readonly Row[]): number {
  return new Set(rows.flatMap((row) => row.artifacts.map(({ artifactId }) => artifactId))).size;
}

interface FactProps {
  readonly children: ReactNode;
  readonly title?: string;
  readonly tone?: "warn" | "live";
  /** Left out where there is little room. */
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

function NodesRun({ execution }: { readonly execution: Execution }): ReactElement | null {
  const { expected, missing } = execution.completeness;
  if (expected.length === 0) return null;
  const ran = expected.length - missing.length;
  if (missing.length === 0) return <Fact>all {plural(expected.length, "node")} ran</Fact>;
  const so = isUnfinished(execution) ? "so far" : "ran";
  return (
    <Fact>
      {ran} of {plural(expected.length, "node")} {so}
      {!isUnfinished(execution) && (
        <span className="sv-missing"> (not run: {missing.join(", ")})</span>
      )}
    </Fact>
  );
}

interface FiguresProps {
  readonly execution: Execution;
  readonly servedAt: Nanos;
}

function Figures({ execution, servedAt }: FiguresProps): ReactElement {
  const { counters, startedAt, endedAt } = execution;
  const length = laterOf(endedAt ?? servedAt, startedAt) - startedAt;
  const isBound = counters.unpriced > 0;
  const arrow = tokensArrow(counters.inputTokens, counters.outputTokens);
  return (
    <dl className="sv-figures">
      <Figure name="Duration" value={formatDuration(length)} exact={exactDuration(length)} />
      <Figure
        name="Cost"
        value={`${isBound ? "≥ " : ""}${formatCost(counters.costNanoUsd)}`}
        exact={
          isBound
            ? `${exactCost(counters.costNanoUsd)}, without ${plural(counters.unpriced, "model call")} of unknown price`
            : exactCost(counters.costNanoUsd)
        }
      />
      <Figure
        name="Tokens"
        value={arrow === "" ? "0" : arrow}
        exact={exactTokens(counters.inputTokens, counters.outputTokens)}
      />
      <Figure
        name="Spans"
        value={exactCount(counters.spans)}
        exact={plural(counters.spans, "span")}
      />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly exact: string;
}

function Figure({ name, value, exact }: FigureProps): ReactElement {
  return (
    <div className="sv-figure" title={exact}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
