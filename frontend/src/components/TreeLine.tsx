import { memo, type MouseEvent, type ReactElement } from "react";
import {
  costText,
  exactCostText,
  exactTokens,
  rowNote,
  NOT_REPORTED,
  tokensArrow,
} from "../model/labels/describe";
import { exactDuration, formatDuration, formatNanos } from "../model/labels/format";
import { kindHue, kindLabel } from "../model/labels/kinds";
import { describeMark, marksOf } from "../model/labels/marks";
import type { Nanos } from "../model/time/time";
import { backoffAfter, type Pause } from "../model/time/pauses";
import { barBetween, spanLength, type Bar } from "../model/time/timeScale";
import { isSilent } from "../model/trace/totals";
import type { Row } from "../model/trace/trace";
import type { TraceIndex } from "../model/trace/traceIndex";
import type { SpanLine } from "../model/list/visibleRows";
import type { Range } from "../model/time/zoom";
import { barStyle } from "./barStyle";
import { Icon } from "./Icon";
import { kindIcon } from "./icons";
import { StatusIcon } from "./StatusIcon";
import { rowMark } from "./statusMarks";

interface TreeLineProps {
  readonly id: string;
  readonly top: number;
  readonly row: Row;
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
  readonly left: number;
  readonly width: number;
  readonly beyond: Bar["beyond"];
  /** The part of the axis that the bar is drawn on. */
  readonly seen: Range;
  readonly pauses: readonly Pause[];
  /** What of the critical path is this span's own; null while the path is not shown. */
  readonly ownPath: readonly Range[] | null;
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
        title={length === null ? "It never ended" : exactDuration(length)}
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
          {kindLabel(row.kind)}, {mark.word}
        </span>
      </span>
      {row.error !== null && inside === 0 && (
        <span className="sv-error-type" title={row.error.message}>
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

function LineMarks({ row }: { readonly row: Row }): ReactElement {
  return (
    <>
      {row.artifacts.length > 0 && row.kind !== "artifact" && (
        <span className="sv-mark" title={row.artifacts.map((artifact) => artifact.name).join(", ")}>
          <Icon name="artifact" />
        </span>
      )}
      {marksOf(row).map((name) => {
        const mark = describeMark(name);
        return (
          <span
            key={name}
            className={`sv-mark ${mark.isWarning ? "sv-mark-warning" : ""}`}
            title={mark.sentence}
          >
            {name === "redacted" ? <Icon name="redacted" label={mark.label} /> : mark.label}
          </span>
        );
      })}
    </>
  );
}

function BarMark(props: TreeLineProps): ReactElement {
  const { row, left, width, beyond, seen, pauses, ownPath } = props;
  if (beyond !== null) {
    return <span className={`sv-beyond sv-beyond-${beyond}`} aria-hidden="true" />;
  }
  const classes = ["sv-bar", `sv-hue-${kindHue(row.kind)}`, `sv-bar-${row.status}`];
  if (props.line.isExpandable) classes.push("sv-bar-parent");
  if (row.marks.includes("wait")) classes.push("sv-bar-wait");
  return (
    <>
      <span className={classes.join(" ")} style={barStyle(left, width)} />
      {pauses.map((pause) => (
        <Piece
          key={pause.from}
          {...pause}
          seen={seen}
          className={pause.isBackoff ? "sv-backoff" : "sv-gap"}
          // A gap is a hole in a bar: a wider one could hide all of it.
          least={pause.isBackoff ? 2 : 1}
          title={`${pause.isBackoff ? "Waited before the next attempt" : "Nothing inside ran"}: ${formatNanos(pause.to - pause.from)}`}
        />
      ))}
      {ownPath?.map((step) => (
        <Piece key={step.from} {...step} seen={seen} className="sv-path-step" />
      ))}
    </>
  );
}

interface PieceProps extends Range {
  readonly seen: Range;
  readonly className: string;
  readonly title?: string;
  /** Pixels. */
  readonly least?: number;
}

/** A stretch of time drawn over a bar. */
function Piece({ from, to, seen, className, title, least }: PieceProps): ReactElement | null {
  const { left, width, beyond } = barBetween(from, to, seen);
  if (beyond !== null) return null;
  return <span className={className} title={title} style={barStyle(left, width, least)} />;
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
