import type { ReactElement, ReactNode } from "react";
import { exactTokens, NOT_REPORTED, tokensArrow } from "../../model/labels/describe";
import {
  exactCost,
  exactDuration,
  exactMoment,
  formatCost,
  formatDuration,
} from "../../model/labels/format";
import { exporterStates } from "../../model/labels/exporters";
import { consoleLinks } from "../../model/labels/awsConsole";
import { webAddress } from "../../model/labels/spanLinks";
import { kindHue, kindLabel, shortModel } from "../../model/labels/kinds";
import { describeMark, marksOf } from "../../model/labels/marks";
import type { Named, SpanDetail } from "../../model/trace/span";
import { laterOf } from "../../model/time/time";
import { spanLength } from "../../model/time/timeScale";
import { isSilent } from "../../model/trace/totals";
import type { Row } from "../../model/trace/trace";
import { retriesIn } from "../../model/labels/infraIssues";
import type { LoadedTrace } from "../../state/traceView";
import { ExporterList } from "../ExportersNote";
import { Icon } from "../Icon";
import { kindIcon } from "../icons";
import { StatusIcon } from "../StatusIcon";
import { rowMark } from "../statusMarks";
import { CopyMenu, type SpanCopies } from "./CopyMenu";
import { ErrorBox } from "./ErrorBox";
import { Redaction } from "./RedactedText";

interface PanelHeadProps {
  readonly row: Row;
  readonly detail: SpanDetail | null;
  readonly loaded: LoadedTrace;
  readonly copies: SpanCopies;
  readonly onBack: () => void;
  readonly onSelect: (spanId: string) => void;
}

export function PanelHead(props: PanelHeadProps): ReactElement {
  const { row, detail, loaded, onBack, onSelect } = props;
  return (
    <header className="sv-panel-head">
      <div className="sv-panel-title">
        <button type="button" className="sv-icon-button sv-back" onClick={onBack} aria-label="Back">
          <Icon name="left" />
        </button>
        <span className={`sv-kind sv-hue-${kindHue(row.kind)}`}>
          <Icon name={kindIcon(row.kind)} />
        </span>
        <h3>{row.name}</h3>
        <CopyMenu spanId={row.spanId} detail={detail} {...props.copies} />
      </div>
      <Parents row={row} loaded={loaded} onSelect={onSelect} />
      <Facts row={row} detail={detail} loaded={loaded} />
      <Marks row={row} receipts={detail?.receipts ?? {}} />
      <Exporters row={row} loaded={loaded} />
      <Retries detail={detail} />
      <LinksElsewhere detail={detail} loaded={loaded} />
      {row.error !== null && (
        <ErrorBox error={row.error} attempt={row.attempt} events={detail?.events ?? []} />
      )}
      {row.status === "lost" && row.error === null && (
        <div className="sv-error-box">
          <strong>
            <Icon name="lost" /> Lost
          </strong>
          <p>It started, its deadline passed, and it never reported an end.</p>
        </div>
      )}
    </header>
  );
}

/** The way down to the span; each step can be pressed. */
function Parents(props: Pick<PanelHeadProps, "row" | "loaded" | "onSelect">): ReactElement | null {
  const { row, loaded, onSelect } = props;
  const { index } = loaded;
  const parents: Row[] = [];
  let position = index.positionOf.get(row.spanId) ?? -1;
  for (let above = index.parent[position] ?? -1; above >= 0; above = index.parent[position] ?? -1) {
    const parent = index.rows[above];
    if (parent && index.isPassedOver[above] === 0) parents.unshift(parent);
    position = above;
  }
  if (parents.length === 0) return null;
  const [first, ...rest] = parents;
  const shown = rest.length > 2 ? rest.slice(-2) : rest;
  return (
    <nav className="sv-parents" aria-label="Parents of the span">
      {first && <Parent row={first} onSelect={onSelect} />}
      {shown.length < rest.length && <span aria-hidden="true">…</span>}
      {shown.map((parent) => (
        <Parent key={parent.spanId} row={parent} onSelect={onSelect} />
      ))}
    </nav>
  );
}

function Parent({ row, onSelect }: Pick<PanelHeadProps, "row" | "onSelect">): ReactElement {
  return (
    <button type="button" className="sv-link" onClick={() => onSelect(row.spanId)}>
      {row.name}
    </button>
  );
}

function Facts(props: Pick<PanelHeadProps, "row" | "detail" | "loaded">): ReactElement {
  const { row, detail, loaded } = props;
  const { trace } = loaded;
  const length = spanLength(row, trace.servedAt);
  const offset = row.start - (trace.rows[0]?.start ?? row.start);
  return (
    <dl className="sv-panel-facts">
      <Fact name="Kind">{kindLabel(row.kind)}</Fact>
      <Fact name="Status">
        <RowStatusWord row={row} />
      </Fact>
      <Fact name="Duration" title={length === null ? "It never ended" : exactDuration(length)}>
        {length === null ? "–" : formatDuration(length)}
      </Fact>
      <Fact name="Started" title={exactMoment(row.start)}>
        +{formatDuration(offset)}
      </Fact>
      {row.attempt !== null && <Fact name="Attempt">{row.attempt}</Fact>}
      {row.usage !== null && (
        <Fact name="Tokens" title={exactTokens(row.usage)}>
          {tokensArrow(row.usage) || NOT_REPORTED}
        </Fact>
      )}
      {isSilent(row) && <Fact name="Tokens">{NOT_REPORTED}</Fact>}
      {row.costNanoUsd !== null && (
        <Fact name="Cost" title={exactCost(row.costNanoUsd)}>
          {formatCost(row.costNanoUsd)}
        </Fact>
      )}
      {row.model !== null && (
        <Fact name="Model" title={[row.provider, row.model].filter(Boolean).join(" ")} isWide>
          {shortModel(row.model)}
        </Fact>
      )}
      {detail !== null && <DetailFacts row={row} detail={detail} />}
    </dl>
  );
}

function RowStatusWord({ row }: Pick<PanelHeadProps, "row">): ReactElement {
  const mark = rowMark(row);
  return (
    <span className={mark.icon === null ? "" : `sv-status-${mark.tone}`}>
      <StatusIcon mark={mark} /> {mark.word}
    </span>
  );
}

/** What the row does not know. */
function DetailFacts(props: { readonly row: Row; readonly detail: SpanDetail }): ReactElement {
  const { row, detail } = props;
  const first = detail.timeToFirstToken;
  return (
    <>
      {first !== null && (
        <Fact name="First token" title={`${exactDuration(first)} after the request`}>
          {formatDuration(first)}
        </Fact>
      )}
      {detail.agent !== null && detail.agent.name !== row.name && (
        <Fact name="Agent">{named(detail.agent)}</Fact>
      )}
      {detail.agent?.name === row.name && <Fact name="Version">{detail.agent.version}</Fact>}
      {detail.prompt !== null && <Fact name="Prompt">{named(detail.prompt)}</Fact>}
      {detail.name !== row.name && (
        <Fact name="Recorded as" title={detail.name} isWide>
          {detail.name}
        </Fact>
      )}
    </>
  );
}

function named({ name, version }: Named): string {
  return version === null ? name : `${name} ${version}`;
}

/** Of the function that made the spans, with the span that stands for its part. */
function Exporters({ row, loaded }: Pick<PanelHeadProps, "row" | "loaded">): ReactElement | null {
  const { execution, servedAt } = loaded.trace;
  if (row.kind !== "workflow" && row.kind !== "invocation") return null;
  const states = exporterStates(execution, servedAt);
  if (states.length === 0) return null;
  return <ExporterList states={states} />;
}

/** What the client library went through before it got its answer. */
function Retries({ detail }: Pick<PanelHeadProps, "detail">): ReactElement | null {
  if (detail === null) return null;
  const retries = retriesIn(detail.events);
  if (retries.length === 0) return null;
  return (
    <ol className="sv-retries" aria-label="Retries inside the client library">
      {retries.map(({ time, why }, at) => (
        <li key={at}>
          <Icon name="attempt" /> asked again after {why}{" "}
          <span className="sv-note">
            +{formatDuration(laterOf(time, detail.start) - detail.start)}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Where the AWS console and the operator's trace viewer have more about the span. */
function LinksElsewhere(props: Pick<PanelHeadProps, "detail" | "loaded">): ReactElement | null {
  const { detail, loaded } = props;
  if (detail === null) return null;
  const viewer = webAddress(detail.traceUrl);
  const links = [
    ...consoleLinks(detail, loaded.trace.servedAt),
    ...(viewer === null ? [] : [{ label: "Trace viewer", url: viewer }]),
  ];
  if (links.length === 0) return null;
  return (
    <ul className="sv-panel-elsewhere" aria-label="This span elsewhere">
      {links.map(({ label, url }) => (
        <li key={label}>
          <a className="sv-link" href={url} target="_blank" rel="noreferrer">
            {label} <Icon name="external" />
          </a>
        </li>
      ))}
    </ul>
  );
}

interface FactProps {
  readonly name: string;
  readonly title?: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** Nothing without a value is named. */
function Fact({ name, title, isWide = false, children }: FactProps): ReactElement | null {
  if (children === "" || children === null || children === undefined) return null;
  return (
    <div title={title} className={isWide ? "sv-panel-fact-wide" : ""}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Removed({ removed }: { readonly removed: [string, number][] }): ReactElement {
  return (
    <>
      {" Removed:"}
      {removed.map(([rule, count]) => (
        <span key={rule}>
          {" "}
          <Redaction rule={rule} /> {count}×
        </span>
      ))}
    </>
  );
}

interface MarksProps {
  readonly row: Row;
  readonly receipts: Readonly<Record<string, number>>;
}

function Marks({ row, receipts }: MarksProps): ReactElement | null {
  const marks = marksOf(row);
  if (marks.length === 0) return null;
  const removed = Object.entries(receipts);
  return (
    <ul className="sv-panel-marks">
      {marks.map((name) => {
        const mark = describeMark(name);
        return (
          <li key={name} className={mark.isWarning ? "sv-mark-warning" : ""}>
            <strong>{mark.label}</strong> {mark.sentence}
            {name === "redacted" && removed.length > 0 && <Removed removed={removed} />}
          </li>
        );
      })}
    </ul>
  );
}
