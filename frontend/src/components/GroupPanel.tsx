/** The panel of a group of siblings: the distribution of durations, failures, and the slowest. */

import { useMemo, type ReactElement, type RefObject } from "react";
import { exactCount, exactDuration, formatDuration, formatNanos } from "../model/labels/format";
import { histogram } from "../model/time/histogram";
import { spanLength } from "../model/time/timeScale";
import type { SiblingGroup } from "../model/list/siblings";
import type { Row } from "../model/trace/trace";
import { isFailure } from "../model/trace/traceIndex";
import type { TraceStore } from "../state/traceStore";
import type { LoadedTrace } from "../state/traceView";
import { Icon } from "./Icon";

interface GroupPanelProps {
  readonly group: SiblingGroup;
  readonly loaded: LoadedTrace;
  readonly store: TraceStore;
  readonly panelRef: RefObject<HTMLElement | null>;
  readonly onBack: () => void;
}

const LISTED = 12;
const BINS = 32;

export function GroupPanel(props: GroupPanelProps): ReactElement {
  const { group, loaded, store, panelRef, onBack } = props;
  const { members, failures, slowest, bins } = useMemo(() => told(group, loaded), [group, loaded]);
  return (
    <aside className="sv-panel" ref={panelRef} tabIndex={-1} aria-label={`Group ${group.label}`}>
      <header className="sv-group-head">
        <button type="button" className="sv-link sv-back" onClick={onBack}>
          <Icon name="left" /> Spans
        </button>
        <h3>
          {exactCount(group.members.length)} × {group.label}
        </h3>
        <dl className="sv-group-figures">
          <Figure name="ok" value={exactCount(group.ok)} />
          <Figure name="failed" value={exactCount(group.failed)} isBad={group.failed > 0} />
          {group.running > 0 && <Figure name="running" value={exactCount(group.running)} />}
          <Figure name="p50" value={lengthText(group.p50)} />
          <Figure name="p95" value={lengthText(group.p95)} />
        </dl>
      </header>
      <div className="sv-group-body">
        {bins && (
          <figure className="sv-histogram">
            <figcaption>Durations</figcaption>
            <svg viewBox={`0 0 ${BINS} 40`} preserveAspectRatio="none" aria-hidden="true">
              {bins.counts.map((count, at) => {
                const height = count === 0 ? 0 : Math.max(1, (count / bins.most) * 40);
                return <rect key={at} x={at + 0.08} width="0.84" y={40 - height} height={height} />;
              })}
            </svg>
            <p>
              <span>{lengthText(bins.from)}</span>
              <span>{lengthText(bins.to)}</span>
            </p>
          </figure>
        )}
        <Members title="Failed" rows={failures} total={group.failed} onSelect={store.select} />
        <Members title="Slowest" rows={slowest} total={slowest.length} onSelect={store.select} />
        <button type="button" className="sv-button" onClick={() => store.toggle(group.key)}>
          Show or fold all {exactCount(members.length)} in the tree
        </button>
      </div>
    </aside>
  );
}

function told(group: SiblingGroup, { index, trace }: LoadedTrace) {
  const members = [...group.members].flatMap((position) => index.rows[position] ?? []);
  const lengthOf = (row: Row): number => Number(spanLength(row, trace.servedAt) ?? 0n);
  const ended = members.filter((row) => row.end !== null);
  return {
    members,
    failures: members.filter(isFailure).slice(0, LISTED),
    slowest: [...ended].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, LISTED / 2),
    bins: histogram(ended.map(lengthOf), BINS),
  };
}

interface MembersProps {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly total: number;
  readonly onSelect: (spanId: string) => void;
}

function Members({ title, rows, total, onSelect }: MembersProps): ReactElement | null {
  if (rows.length === 0) return null;
  return (
    <section className="sv-members">
      <h4>{title}</h4>
      <ul>
        {rows.map((row) => (
          <li key={row.spanId}>
            <button type="button" className="sv-link" onClick={() => onSelect(row.spanId)}>
              {row.name}
            </button>
            {row.error && <span className="sv-error-type">{row.error.type}</span>}
            <span
              className="sv-number"
              title={row.end === null ? "" : exactDuration(row.end - row.start)}
            >
              {row.end === null ? "–" : formatDuration(row.end - row.start)}
            </span>
          </li>
        ))}
      </ul>
      {total > rows.length && <p className="sv-note">and {exactCount(total - rows.length)} more</p>}
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly isBad?: boolean;
}

function Figure({ name, value, isBad = false }: FigureProps): ReactElement {
  return (
    <div className={isBad ? "sv-bad" : ""}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function lengthText(nanos: number | null): string {
  return nanos === null ? "–" : formatNanos(nanos);
}
