import { memo, type MouseEvent, type ReactElement } from "react";
import {
  costText,
  exactCostText,
  exactTokens,
  firstTokenText,
  rowNote,
  NOT_REPORTED,
  tokensArrow,
} from "../model/labels/describe";
import { exactDuration, formatDuration } from "../model/labels/format";
import { kindHue, kindLabel } from "../model/labels/kinds";
import { isWarned } from "../model/labels/marks";
import type { Nanos } from "../model/time/time";
import { backoffAfter } from "../model/time/pauses";
import { spanLength } from "../model/time/timeScale";
import { isSilent } from "../model/trace/totals";
import type { TraceIndex } from "../model/trace/traceIndex";
import type { SpanLine } from "../model/list/visibleRows";
import { BarMark, type BarMarkProps } from "./BarMark";
import { Icon } from "./Icon";
import { LineMarks } from "./LineMarks";
import { kindIcon } from "./icons";
import { StatusIcon } from "./StatusIcon";
import { rowMark } from "./statusMarks";

interface TreeLineProps extends BarMarkProps {
  readonly id: string;
  readonly top: number;
  readonly line: SpanLine;
  readonly index: TraceIndex;
  readonly indent: number;
  /** Its position among the visible lines beside it, from 1. */
  readonly position: number;
  readonly siblings: number;
  /** Deeper than there is room to show. */
  readonly isCapped: boolean;
  readonly isSelected: boolean;
  readonly isHit: boolean;
  readonly servedAt: Nanos;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costNanoUsd: number | null;
  readonly onSelect: (spanId: string) => void;
  readonly onToggle: (spanId: string) => void;
  readonly onOpen: () => void;
}

export const TreeLine = memo(function TreeLine(props: TreeLineProps): ReactElement {
  const { id, top, row, line, isSelected, servedAt, onSelect, onOpen } = props;
  const length = spanLength(row, servedAt);
  const first = firstTokenText(row);
  const isFailed = row.status === "error" || row.status === "lost";
  const classes = [
    "sv-line",
    isSelected && "sv-selected",
    props.isHit && "sv-hit",
    line.isContext && "sv-context",
    isFailed && "sv-failed",
    props.ownPath?.length === 0 && "sv-off-path",
  ];
  const choose = (event: MouseEvent): void => {
    onSelect(row.spanId);
    if (event.detail === 1) onOpen();
  };
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={line.depth + 1}
      aria-expanded={line.isExpandable ? line.isExpanded : undefined}
      aria-selected={isSelected}
      aria-setsize={props.siblings}
      aria-posinset={props.position}
      className={classes.filter(Boolean).join(" ")}
      data-span-id={row.spanId}
      style={{ transform: `translateY(${top}px)` }}
      onClick={choose}
    >
      <LineName {...props} />
      <div className="sv-bar-cell">
        <BarMark {...props} />
      </div>
      <div
        className="sv-number sv-column-duration"
        title={[length === null ? "It never ended" : exactDuration(length), first]
          .filter(Boolean)
          .join(". ")}
      >
        {length === null ? "–" : formatDuration(length)}
      </div>
      <Amounts {...props} />
    </div>
  );
});

function LineName({ row, line, index, indent, isCapped, onToggle }: TreeLineProps): ReactElement {
  const mark = rowMark(row);
  const note = rowNote(index, line.position, line.isExpanded);
  const inside = index.failuresInside[line.position] ?? 0;
  const backoff = backoffAfter(index, line.position);
  const toggle = (event: MouseEvent): void => {
    event.stopPropagation();
    onToggle(row.spanId);
  };
  return (
    <div className="sv-line-name" style={{ paddingLeft: indent }}>
      {line.isExpandable ? (
        <span className="sv-caret" onClick={toggle} aria-hidden="true">
          <Icon name={line.isExpanded ? "down" : "right"} />
        </span>
      ) : (
        <span className="sv-caret sv-caret-none" />
      )}
      {isCapped && (
        <span className="sv-depth" title={`Depth ${line.depth}`}>
          {line.depth}
        </span>
      )}
      <span className={`sv-kind sv-hue-${kindHue(row.kind)}`} title={kindLabel(row.kind)}>
        <Icon name={kindIcon(row.kind)} />
      </span>
      {mark.icon !== null && (
        <span className="sv-status" title={mark.word}>
          <StatusIcon mark={mark} />
        </span>
      )}
      <span className="sv-name" title={row.name}>
        {row.name}
        <span className="sv-visually-hidden">
          {[kindLabel(row.kind), mark.word, firstTokenText(row)].filter(Boolean).join(", ")}
        </span>
      </span>
      {row.error !== null && inside === 0 && (
        <span
          className={`sv-error-type ${isWarned(row) ? "sv-error-told" : ""}`}
          title={row.error.message}
        >
          {row.error.type}
        </span>
      )}
      {note !== "" && <span className="sv-note">{note}</span>}
      {backoff !== null && (
        <span className="sv-note sv-backoff-note" title="Waited before the next attempt">
          then waited {formatDuration(backoff)}
        </span>
      )}
      {!line.isExpanded && line.isExpandable && inside > 0 && (
        <span className="sv-failed-inside" title={`${inside} failed inside`}>
          <Icon name="error" />
          {inside}
        </span>
      )}
      <LineMarks row={row} />
    </div>
  );
}

function Amounts(props: TreeLineProps): ReactElement {
  const { row, costNanoUsd } = props;
  return (
    <>
      <div
        className={`sv-number sv-column-tokens ${row.usage ? "" : "sv-sum"}`}
        title={exactTokens(props)}
      >
        {tokensArrow(props) || (isSilent(row) ? NOT_REPORTED : "")}
      </div>
      <div
        className={`sv-number sv-column-cost ${row.costNanoUsd === null ? "sv-sum" : ""}`}
        title={exactCostText(costNanoUsd)}
      >
        {costText(costNanoUsd)}
      </div>
    </>
  );
}

interface AbsentTreeLineProps {
  readonly name: string;
  readonly top: number;
  /** The execution goes on: the node may still run. */
  readonly isPending: boolean;
  readonly position: number;
  readonly siblings: number;
}

export function AbsentTreeLine(props: AbsentTreeLineProps): ReactElement {
  const { name, top, isPending, position, siblings } = props;
  const word = isPending ? "not yet" : "not run";
  return (
    <div
      className="sv-line sv-absent"
      role="treeitem"
      aria-level={2}
      aria-selected={false}
      aria-setsize={siblings}
      aria-posinset={position}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div className="sv-line-name" style={{ paddingLeft: 14 }}>
        <span className="sv-caret sv-caret-none" />
        <span className="sv-kind">
          <Icon name="absent" />
        </span>
        <span className="sv-name">{name}</span>
        <span className="sv-note">{word}</span>
      </div>
    </div>
  );
}
