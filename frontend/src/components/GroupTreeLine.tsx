/** The line of a group of siblings: how many, with which results, how long they took. */

import { memo, type CSSProperties, type MouseEvent, type ReactElement } from "react";
import { costText, exactCostText, exactTokens, tokensArrow } from "../model/labels/describe";
import { exactCount, formatNanos } from "../model/labels/format";
import { kindHue } from "../model/labels/kinds";
import type { SiblingGroup } from "../model/list/siblings";
import type { Bar } from "../model/time/timeScale";
import type { Amounts } from "../model/trace/totals";
import type { GroupLine } from "../model/list/visibleRows";
import { barStyle } from "./barStyle";
import { Icon } from "./Icon";
import { kindIcon } from "./icons";

interface GroupTreeLineProps {
  readonly id: string;
  readonly top: number;
  readonly line: GroupLine;
  readonly indent: number;
  readonly position: number;
  readonly siblings: number;
  readonly isSelected: boolean;
  readonly left: number;
  readonly width: number;
  readonly beyond: Bar["beyond"];
  /** The time axis' width in pixels. */
  readonly room: number;
  readonly amounts: Amounts;
  readonly onSelect: (key: string) => void;
  readonly onToggle: (key: string) => void;
  readonly onOpen: () => void;
}

export const GroupTreeLine = memo(function GroupTreeLine(props: GroupTreeLineProps): ReactElement {
  const { line, isSelected, onSelect, onToggle, onOpen } = props;
  const { group } = line;
  const toggle = (event: MouseEvent): void => {
    event.stopPropagation();
    onToggle(line.key);
  };
  const choose = (event: MouseEvent): void => {
    onSelect(line.key);
    if (event.detail === 1) onOpen();
  };
  return (
    <div
      id={props.id}
      role="treeitem"
      aria-level={line.depth + 1}
      aria-expanded={line.isExpanded}
      aria-selected={isSelected}
      aria-setsize={props.siblings}
      aria-posinset={props.position}
      className={`sv-line sv-group ${isSelected ? "sv-selected" : ""}`}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={choose}
      onDoubleClick={() => onToggle(line.key)}
    >
      <div className="sv-line-name" style={{ paddingLeft: props.indent }}>
        <span className="sv-caret" onClick={toggle} aria-hidden="true">
          <Icon name={line.isExpanded ? "down" : "right"} />
        </span>
        <span className={`sv-kind sv-hue-${kindHue(group.kind)}`}>
          <Icon name={kindIcon(group.kind)} />
        </span>
        <span className="sv-group-count">
          {exactCount(group.members.length)} <span aria-hidden="true">×</span>
          <span className="sv-visually-hidden">times</span>
        </span>
        <span className="sv-name" title={group.label}>
          {group.label}
        </span>
        <Counts group={group} />
      </div>
      <div className="sv-bar-cell">
        {props.beyond !== null ? (
          <span className={`sv-beyond sv-beyond-${props.beyond}`} aria-hidden="true" />
        ) : (
          <>
            <span
              className={`sv-bar sv-bar-group sv-hue-${kindHue(group.kind)}`}
              style={barStyle(props.left, props.width)}
            />
            <Times {...props} />
          </>
        )}
      </div>
      <div className="sv-number sv-column-duration" title={percentilesInWords(group)}>
        {group.p50 === null ? "–" : `~ ${lengthText(group.p50)}`}
      </div>
      <div className="sv-number sv-column-tokens sv-sum" title={exactTokens(props.amounts)}>
        {tokensArrow(props.amounts)}
      </div>
      <div
        className="sv-number sv-column-cost sv-sum"
        title={exactCostText(props.amounts.costNanoUsd)}
      >
        {costText(props.amounts.costNanoUsd)}
      </div>
    </div>
  );
});

/** Pixels that "p50 110 ms · p95 931 ms" takes with its margins, and "p95 931 ms" alone. */
const TIMES_WIDTH = 166;
const SHORT_TIMES_WIDTH = 88;

function Times(props: GroupTreeLineProps): ReactElement | null {
  const { p50, p95 } = props.line.group;
  if (p50 === null || p95 === null) return null;
  const place = placeOfTimes(props);
  if (place === null) return null;
  const { style, isShort } = place;
  return (
    <span className="sv-group-times" style={style}>
      {!isShort && `p50 ${lengthText(p50)} · `}p95 {lengthText(p95)}
    </span>
  );
}

/** On its bar where they fit, else behind it, else before it, else the p95 alone: the p50 stands in its column too. */
function placeOfTimes({ left, width, room }: Pick<GroupTreeLineProps, "left" | "width" | "room">): {
  readonly style: CSSProperties;
  readonly isShort: boolean;
} | null {
  const end = left + width;
  const places = [
    { style: { left: `${left * 100}%` }, share: width },
    { style: { left: `${end * 100}%` }, share: 1 - end },
    { style: { right: `${(1 - left) * 100}%` }, share: left },
  ];
  for (const isShort of [false, true]) {
    const needed = isShort ? SHORT_TIMES_WIDTH : TIMES_WIDTH;
    const place = places.find(({ share }) => share * room >= needed);
    if (place) return { style: place.style, isShort };
  }
  return null;
}

function Counts({ group }: { readonly group: SiblingGroup }): ReactElement {
  return (
    <span className={`sv-group-counts ${group.failed > 0 ? "sv-counts-failed" : ""}`}>
      <span>{exactCount(group.ok)} ok</span>
      {group.failed > 0 && (
        <span className="sv-group-failed">
          <Icon name="error" /> {exactCount(group.failed)} failed
        </span>
      )}
      {group.running > 0 && <span>{exactCount(group.running)} running</span>}
    </span>
  );
}

function percentilesInWords({ p50, p95 }: SiblingGroup): string {
  if (p50 === null || p95 === null) return "none has ended";
  return `half took at most ${lengthText(p50)}, 95 % at most ${lengthText(p95)}`;
}

function lengthText(nanos: number): string {
  return formatNanos(nanos);
}
