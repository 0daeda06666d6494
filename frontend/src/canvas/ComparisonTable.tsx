/** The comparison of two runs as a table: a row a node, with what is different in time, tokens, cost and text. */

import { useMemo, useState, type ReactElement } from "react";
import { Icon } from "../components/Icon";
import { StatusIcon } from "../components/StatusIcon";
import { executionMark, rowMark } from "../components/statusMarks";
import {
  alignRuns,
  differences,
  lengthOf,
  tokensOf,
  type NodePair,
  type NodeSide,
  type RunSide,
} from "../model/diff/alignRuns";
import { NOT_REPORTED } from "../model/labels/describe";
import { exactCount, formatCost, formatMoment, formatNanos } from "../model/labels/format";
import type { CanvasSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";
import type { PageStateStore } from "../state/viewState";
import { NodeTexts } from "./NodeTexts";
import { PageLink } from "./PageLink";

interface ComparisonTableProps {
  readonly source: CanvasSource;
  readonly left: RunSide;
  readonly right: RunSide;
  readonly pageStore: PageStateStore;
}

/** Shows the comparison; the first node whose path differs is open. */
export function ComparisonTable({
  source,
  left,
  right,
  pageStore,
}: ComparisonTableProps): ReactElement {
  const pairs = useMemo(() => alignRuns(left, right), [left, right]);
  const ids = useMemo(
    () => [left.trace.execution.executionId, right.trace.execution.executionId] as const,
    [left, right],
  );
  const [open, setOpen] = useState<string | null>(
    () => pairs.find((pair) => pair.isPathDifferent)?.nodeId ?? null,
  );
  return (
    <>
      <p className="cv-differences">The right run: {differences(left, right, pairs).join(" · ")}</p>
      <div className="cv-compare-scroll">
        <table className="cv-history">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <RunHead trace={left.trace} pageStore={pageStore} />
              <RunHead trace={right.trace} pageStore={pageStore} />
              <th scope="col" className="sv-number">
                Time
              </th>
              <th scope="col" className="sv-number cv-medium">
                Tokens
              </th>
              <th scope="col" className="sv-number cv-medium">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => (
              <PairLine
                key={pair.nodeId}
                pair={pair}
                source={source}
                ids={ids}
                isOpen={open === pair.nodeId}
                onToggle={() => setOpen(open === pair.nodeId ? null : pair.nodeId)}
              />
            ))}
            <WholeLine left={left.trace} right={right.trace} />
          </tbody>
        </table>
      </div>
    </>
  );
}

interface RunHeadProps {
  readonly trace: Trace;
  readonly pageStore: PageStateStore;
}

function RunHead({ trace, pageStore }: RunHeadProps): ReactElement {
  const { executionId, startedAt } = trace.execution;
  const mark = executionMark(trace.execution);
  return (
    <th scope="col">
      <PageLink pageStore={pageStore} to={{ executionId, otherId: null, tab: "trace" }}>
        <span className="cv-status">
          <StatusIcon mark={mark} /> {mark.word}
        </span>{" "}
        <span className="cv-medium">{formatMoment(startedAt, trace.servedAt)}</span>
      </PageLink>
    </th>
  );
}

interface PairLineProps {
  readonly pair: NodePair;
  readonly source: CanvasSource;
  readonly ids: readonly [string, string];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function PairLine({ pair, source, ids, isOpen, onToggle }: PairLineProps): ReactElement {
  const { left, right, nodeId } = pair;
  return (
    <>
      <tr className={pair.isPathDifferent ? "cv-pair-different" : ""}>
        <th scope="row">
          <button
            type="button"
            className="cv-pair-toggle"
            aria-expanded={isOpen}
            onClick={onToggle}
          >
            <Icon name={isOpen ? "down" : "right"} /> {(right ?? left)?.name ?? nodeId}
            {pair.isTextDifferent && <span className="sv-note">text differs</span>}
          </button>
        </th>
        <SideCell side={left} />
        <SideCell side={right} />
        <Change from={left?.nanos} to={right?.nanos} format={formatNanos} />
        <Change from={left?.tokens} to={right?.tokens} format={exactCount} isMedium />
        <Change from={left?.costNanoUsd} to={right?.costNanoUsd} format={formatCost} isMedium />
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <NodeTexts source={source} pair={pair} ids={ids} />
          </td>
        </tr>
      )}
    </>
  );
}

function SideCell({ side }: { readonly side: NodeSide | null }): ReactElement {
  if (!side) return <td className="sv-note">did not run</td>;
  const mark = rowMark(side.ending);
  return (
    <td>
      <span className={mark.icon === null ? "" : `sv-status-${mark.tone}`}>
        <StatusIcon mark={mark} /> {mark.word}
      </span>{" "}
      <span className="sv-note">
        {lengthText(side.nanos)}
        {side.attempts > 1 ? ` · ${side.attempts} attempts` : ""}
      </span>
      {side.errorType !== "" && <span className="sv-error-type"> {side.errorType}</span>}
    </td>
  );
}

function lengthText(nanos: number | null): string {
  return nanos === null ? NOT_REPORTED : formatNanos(nanos);
}

interface ChangeProps {
  readonly from: number | null | undefined;
  readonly to: number | null | undefined;
  readonly format: (value: number) => string;
  readonly isMedium?: boolean;
}

/** Shows the change from the left to the right run; a dash when one of the two values is unknown. */
function Change({ from, to, format, isMedium = false }: ChangeProps): ReactElement {
  const className = `sv-number ${isMedium ? "cv-medium" : ""}`;
  if (from === undefined || from === null || to === undefined || to === null) {
    return <td className={className}>–</td>;
  }
  const change = to - from;
  const sign = change > 0 ? "+" : "−";
  return (
    <td className={className} title={`${format(from)} → ${format(to)}`}>
      {change === 0 ? <span className="sv-note">same</span> : `${sign}${format(Math.abs(change))}`}
    </td>
  );
}

function WholeLine({ left, right }: { readonly left: Trace; readonly right: Trace }): ReactElement {
  return (
    <tr className="cv-pair-whole">
      <th scope="row">Whole run</th>
      <td>{lengthText(lengthOf(left))}</td>
      <td>{lengthText(lengthOf(right))}</td>
      <Change from={lengthOf(left)} to={lengthOf(right)} format={formatNanos} />
      <Change
        from={tokensOf(left.execution)}
        to={tokensOf(right.execution)}
        format={exactCount}
        isMedium
      />
      <Change
        from={left.execution.counters.costNanoUsd}
        to={right.execution.counters.costNanoUsd}
        format={formatCost}
        isMedium
      />
    </tr>
  );
}
