import { memo, type MouseEvent, type ReactElement } from "react";
import { exactTokens, rowNote, statusWord, tokensArrow } from "../model/describe";
import { exactCost, exactDuration, formatCost, formatDuration } from "../model/format";
import { kindHue, kindLabel } from "../model/kinds";
import { describeMark, marksOf } from "../model/marks";
import type { Nanos } from "../model/time";
import { spanLength, type Bar } from "../model/timeScale";
import type { Row } from "../model/trace";
import type { TraceIndex } from "../model/traceIndex";
import type { SpanLine } from "../model/visibleRows";
import { Icon } from "./Icon";
import { kindIcon } from "./icons";
import { rowIcon } from "./statusIcon";

interface TreeLineProps {
  readonly id: string;
  readonly top: number;
  readonly row: Row;
  readonly line: SpanLine;
  readonly index: TraceIndex;
  readonly indent: number;
  /** Deeper than there is room to show. */
  readonly isCapped: boolean;
  readonly isSelected: boolean;
  readonly isHit: boolean;
  readonly bar: Bar;
  readonly servedAt: Nanos;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: number;
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
      aria-label={spokenLine(row, length)}
      className={classes.filter(Boolean).join(" ")}
      data-span-id={row.spanId}
      style={{ transform: `translateY(${top}px)` }}
      onClick={choose}
    >
      <LineName {...props} />
      <div className="sv-bar-cell">
        <BarMark row={row} bar={props.bar} isParent={line.isExpandable} />
      </div>
      <div className="sv-number" title={length === null ? "It never ended" : exactDuration(length)}>
        {length === null ? "–" : formatDuration(length)}
      </div>
      <Amounts {...props} />
    </div>
  );
});

function LineName({ row, line, index, indent, isCapped, onToggle }: TreeLineProps): ReactElement {
  const status = rowIcon(row.status);
  const note = rowNote(index, line.position, line.isExpanded);
  const inside = index.failuresInside[line.position] ?? 0;
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
      {status !== null && (
        <span className={`sv-status sv-status-${row.status}`} title={statusWord(row.status)}>
          <Icon name={status} className={status === "running" ? "sv-spin" : ""} />
        </span>
      )}
      <span className="sv-name" title={row.name}>
        {row.name}
      </span>
      {row.error !== null && inside === 0 && (
        <span className="sv-error-type" title={row.error.message}>
          {row.error.type}
        </span>
      )}
      {note !== "" && <span className="sv-note">{note}</span>}
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

interface BarMarkProps {
  readonly row: Row;
  readonly bar: Bar;
  readonly isParent: boolean;
}

function BarMark({ row, bar, isParent }: BarMarkProps): ReactElement {
  const classes = ["sv-bar", `sv-hue-${kindHue(row.kind)}`, `sv-bar-${row.status}`];
  if (isParent) classes.push("sv-bar-parent");
  return (
    <span
      className={classes.join(" ")}
      style={{ left: `${bar.left * 100}%`, width: `${bar.width * 100}%` }}
    />
  );
}

function Amounts(props: TreeLineProps): ReactElement {
  const { row, inputTokens, outputTokens, costNanoUsd } = props;
  return (
    <>
      <div
        className={`sv-number sv-column-tokens ${row.usage ? "" : "sv-sum"}`}
        title={exactTokens(inputTokens, outputTokens)}
      >
        {tokensArrow(inputTokens, outputTokens)}
      </div>
      <div
        className={`sv-number sv-column-cost ${row.costNanoUsd === null ? "sv-sum" : ""}`}
        title={exactCost(costNanoUsd)}
      >
        {costNanoUsd === 0 ? "" : formatCost(costNanoUsd)}
      </div>
    </>
  );
}

function spokenLine(row: Row, length: Nanos | null): string {
  const words = [row.name, kindLabel(row.kind), statusWord(row.status)];
  if (row.error) words.push(row.error.type);
  if (length !== null) words.push(formatDuration(length));
  return words.join(", ");
}

interface AbsentTreeLineProps {
  readonly nodeId: string;
  readonly top: number;
  /** The execution goes on: the node may still run. */
  readonly isPending: boolean;
}

export function AbsentTreeLine({ nodeId, top, isPending }: AbsentTreeLineProps): ReactElement {
  const word = isPending ? "not yet" : "not run";
  return (
    <div
      className="sv-line sv-absent"
      role="treeitem"
      aria-level={2}
      aria-selected={false}
      aria-label={`${nodeId}, ${word}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div className="sv-line-name" style={{ paddingLeft: 14 }}>
        <span className="sv-caret sv-caret-none" />
        <span className="sv-kind">
          <Icon name="absent" />
        </span>
        <span className="sv-name">{nodeId}</span>
        <span className="sv-note">{word}</span>
      </div>
    </div>
  );
}
