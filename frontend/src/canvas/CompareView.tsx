/** Two runs of a workflow side by side: the same nodes beside each other, and what was different. */

import { useMemo, useState, type ReactElement } from "react";
import { Icon } from "../components/Icon";
import { ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import { executionIcon, rowIcon } from "../components/statusIcon";
import { alignRuns, type NodePair, type NodeSide, type RunSide } from "../model/alignRuns";
import { statusWord } from "../model/describe";
import type { Execution } from "../model/execution";
import { exactCount, formatCost, formatDuration, formatMoment } from "../model/format";
import type { CanvasSource } from "../model/source";
import { textDiff } from "../model/textDiff";
import { laterOf } from "../model/time";
import { totals } from "../model/totals";
import type { Trace } from "../model/trace";
import { indexTrace } from "../model/traceIndex";
import type { CanvasPlaces } from "../state/place";
import { createResource } from "../state/resource";
import { browserTimer } from "../state/traceReader";
import { PlaceLink } from "./PlaceLink";
import { useResource } from "./useResource";

interface CompareViewProps {
  readonly source: CanvasSource;
  readonly places: CanvasPlaces;
  readonly executionId: string;
  readonly otherId: string;
}

export function CompareView(props: CompareViewProps): ReactElement {
  const { source, places, executionId, otherId } = props;
  const runs = useMemo(
    () =>
      createResource(async (signal): Promise<readonly [RunSide, RunSide]> => {
        const [one, other] = await Promise.all(
          [otherId, executionId].map((id) => readRun(source, id, signal)),
        );
        if (!one || !other) throw new Error("nothing was read");
        return [one, other];
      }, browserTimer),
    [source, executionId, otherId],
  );
  const { value, problem } = useResource(runs);
  if (!value) {
    return (
      <main className="cv-main">
        {problem ? (
          <ProblemView problem={problem} subject="execution" onRetry={runs.start} />
        ) : (
          <LinesSkeleton lines={8} />
        )}
      </main>
    );
  }
  return <Comparison left={value[0]} right={value[1]} places={places} />;
}

async function readRun(
  source: CanvasSource,
  executionId: string,
  signal: AbortSignal,
): Promise<RunSide | null> {
  const reading = await source.readTrace(executionId, null, signal);
  if (reading.kind !== "changed") return null;
  const index = indexTrace(reading.trace.rows);
  return { trace: reading.trace, index, sums: totals(index) };
}

interface ComparisonProps {
  readonly left: RunSide;
  readonly right: RunSide;
  readonly places: CanvasPlaces;
}

function Comparison({ left, right, places }: ComparisonProps): ReactElement {
  const pairs = useMemo(() => alignRuns(left, right), [left, right]);
  const [open, setOpen] = useState<string | null>(
    () => pairs.find((pair) => pair.isPathDifferent)?.nodeId ?? null,
  );
  return (
    <main className="cv-main cv-compare">
      <h1>Two runs of “{right.trace.execution.workflowName}”</h1>
      <div className="cv-compare-scroll">
        <table className="cv-history">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <RunHead trace={left.trace} places={places} />
              <RunHead trace={right.trace} places={places} />
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
                isOpen={open === pair.nodeId}
                onToggle={() => setOpen(open === pair.nodeId ? null : pair.nodeId)}
              />
            ))}
            <WholeLine left={left.trace.execution} right={right.trace.execution} />
          </tbody>
        </table>
      </div>
    </main>
  );
}

interface RunHeadProps {
  readonly trace: Trace;
  readonly places: CanvasPlaces;
}

function RunHead({ trace, places }: RunHeadProps): ReactElement {
  const { executionId, status, startedAt } = trace.execution;
  return (
    <th scope="col">
      <PlaceLink places={places} to={{ executionId, otherId: null, tab: "trace" }}>
        <span className={`cv-status cv-status-${status}`}>
          <Icon name={executionIcon(status)} /> {status}
        </span>{" "}
        {formatMoment(startedAt, trace.servedAt)}
      </PlaceLink>
    </th>
  );
}

interface PairLineProps {
  readonly pair: NodePair;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function PairLine({ pair, isOpen, onToggle }: PairLineProps): ReactElement {
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
        <Change from={left?.nanos} to={right?.nanos} format={nanosText} />
        <Change from={left?.tokens} to={right?.tokens} format={exactCount} isMedium />
        <Change from={left?.costNanoUsd} to={right?.costNanoUsd} format={formatCost} isMedium />
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <TextChange left={left?.text ?? ""} right={right?.text ?? ""} />
          </td>
        </tr>
      )}
    </>
  );
}

function SideCell({ side }: { readonly side: NodeSide | null }): ReactElement {
  if (!side) return <td className="sv-note">did not run</td>;
  const icon = rowIcon(side.status);
  return (
    <td>
      <span className={`sv-status-${side.status}`}>
        {icon && <Icon name={icon} />} {statusWord(side.status)}
      </span>{" "}
      <span className="sv-note">
        {nanosText(side.nanos)}
        {side.attempts > 1 ? ` · ${side.attempts} attempts` : ""}
      </span>
    </td>
  );
}

interface ChangeProps {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly format: (value: number) => string;
  readonly isMedium?: boolean;
}

/** From left to right; one side alone has nothing to differ from. */
function Change({ from, to, format, isMedium = false }: ChangeProps): ReactElement {
  const className = `sv-number ${isMedium ? "cv-medium" : ""}`;
  if (from === undefined || to === undefined) return <td className={className}>–</td>;
  const change = to - from;
  const sign = change > 0 ? "+" : "−";
  return (
    <td className={className} title={`${format(from)} → ${format(to)}`}>
      {change === 0 ? <span className="sv-note">same</span> : `${sign}${format(Math.abs(change))}`}
    </td>
  );
}

function TextChange({
  left,
  right,
}: {
  readonly left: string;
  readonly right: string;
}): ReactElement {
  if (left === "" && right === "") {
    return <p className="sv-note">Neither side has a text to compare.</p>;
  }
  return (
    <p className="cv-diff">
      {textDiff(left, right).map(({ kind, text }, at) =>
        kind === "left" ? (
          <del key={at}>{text}</del>
        ) : kind === "right" ? (
          <ins key={at}>{text}</ins>
        ) : (
          <span key={at}>{text}</span>
        ),
      )}
    </p>
  );
}

function WholeLine({
  left,
  right,
}: {
  readonly left: Execution;
  readonly right: Execution;
}): ReactElement {
  const length = ({ startedAt, endedAt }: Execution): number =>
    Number(laterOf(endedAt ?? startedAt, startedAt) - startedAt);
  const tokens = ({ counters }: Execution): number => counters.inputTokens + counters.outputTokens;
  return (
    <tr className="cv-pair-whole">
      <th scope="row">Whole run</th>
      <td>{nanosText(length(left))}</td>
      <td>{nanosText(length(right))}</td>
      <Change from={length(left)} to={length(right)} format={nanosText} />
      <Change from={tokens(left)} to={tokens(right)} format={exactCount} isMedium />
      <Change
        from={left.counters.costNanoUsd}
        to={right.counters.costNanoUsd}
        format={formatCost}
        isMedium
      />
    </tr>
  );
}

function nanosText(nanos: number): string {
  return formatDuration(BigInt(Math.round(nanos)));
}
