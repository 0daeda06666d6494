/** The tree with its waterfall: a list of lines of the same height; only those on the screen are in the DOM. */

import { useId, useMemo, useRef, useState, type ReactElement, type RefObject } from "react";
import { NO_FILTER } from "../model/list/filter";
import { pausesWhenDrawn, type Pause } from "../model/time/pauses";
import type { Nanos } from "../model/time/time";
import { siblingPositions } from "../model/list/siblingPositions";
import { lineFor } from "../model/trace/traceIndex";
import { barBetween, barOf, rangeOfBars, type Bar } from "../model/time/timeScale";
import type { Sort } from "../model/list/sortLines";
import { amountsAt, amountsOf, totals, type Amounts, type Totals } from "../model/trace/totals";
import type { SiblingGroup } from "../model/list/siblings";
import type { Line } from "../model/list/visibleRows";
import { seenRange, type Range } from "../model/time/zoom";
import type { Columns } from "../state/columns";
import type { Readable, Store } from "../state/store";
import type { TraceStore } from "../state/traceStore";
import type { LoadedTrace, TraceView } from "../state/traceView";
import { SortHead } from "./SortHead";
import { GroupTreeLine } from "./GroupTreeLine";
import { Minimap } from "./Minimap";
import { Splitter } from "./Splitter";
import { axisTicks, TimeAxis } from "./TimeAxis";
import { AbsentTreeLine, TreeLine } from "./TreeLine";
import { useReadable } from "./useReadable";
import { useListPort, useListWindow, type Port } from "./useListWindow";
import { useSize } from "./useSize";
import { useTimeGestures } from "./useTimeGestures";

const LINE_HEIGHT = 28;
const INDENT = 14;
/** Room that a name keeps beside its indent, however deep it stands. */
const LEAST_NAME_WIDTH = 180;
/** As in list.css: below this width names take all but the durations, with the bars under them. */
const STRIP_WIDTH = 540;
const DURATION_WIDTH = 84;
const NAME_WIDTHS = { least: 180, most: 900 };
/** Of the list's width, until a reader draws the line elsewhere. */
const NAME_SHARE = { least: 280, share: 0.37, most: 460 };
const NO_PAUSES: readonly Pause[] = [];
const NO_RANGES: readonly Range[] = [];

interface TraceTreeProps {
  readonly view: TraceView;
  readonly loaded: LoadedTrace;
  /** The server's clock, going on. */
  readonly now: Nanos;
  readonly store: TraceStore;
  readonly columns: Store<Columns>;
  /** By node id, as far as the workflow is known. */
  readonly nodeNames: ReadonlyMap<string, string>;
  readonly treeRef: RefObject<HTMLDivElement | null>;
  readonly onOpen: () => void;
}

export function TraceTree(props: TraceTreeProps): ReactElement {
  const { view, loaded, store, columns, treeRef } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const { width: axisWidth } = useSize(axis);
  const { width: listWidth } = useSize(scroller);
  const [chosenWidth, setNameWidth] = useState<number | null>(null);
  const nameWidth =
    chosenWidth ??
    Math.round(Math.min(NAME_SHARE.most, Math.max(NAME_SHARE.least, listWidth * NAME_SHARE.share)));
  const seen = useMemo(
    () => seenRange(view.zoom, loaded.scale.length),
    [view.zoom, loaded.scale.length],
  );
  const port = useListPort(scroller, view, LINE_HEIGHT);
  useTimeGestures(scroller, axis, store);

  const { hidden } = useReadable(columns);
  const without = [...hidden].map((column) => `sv-without-${column}`);
  const sortBy = (sort: Sort | null): void => columns.set({ hidden, sort });
  const nameRoom = listWidth < STRIP_WIDTH ? listWidth - DURATION_WIDTH : nameWidth;
  const deepest = Math.max(3, Math.floor((nameRoom - LEAST_NAME_WIDTH) / INDENT));
  const lineId = (key: string): string => `${id}${key}`;

  return (
    <div
      className={["sv-list", view.zoom !== null && "sv-zoomed", ...without]
        .filter(Boolean)
        .join(" ")}
      ref={scroller}
      style={{ "--sv-name-width": `${nameWidth}px` } as React.CSSProperties}
    >
      <div className="sv-list-top">
        <div className="sv-list-minimap">
          <Minimap loaded={loaded} zoom={view.zoom} store={store} />
        </div>
        <div className="sv-list-head">
          <div className="sv-list-head-name">
            Span
            <Splitter
              label="Width of the names"
              size={nameWidth}
              least={NAME_WIDTHS.least}
              most={NAME_WIDTHS.most}
              direction={1}
              onResize={setNameWidth}
            />
          </div>
          <div className="sv-list-head-axis" ref={axis}>
            <TimeAxis seen={seen} width={axisWidth} onZoom={store.zoom} />
          </div>
          <SortHead by="duration" label="Duration" sort={view.sort} onSort={sortBy} />
          <SortHead by="tokens" label="Tokens" sort={view.sort} onSort={sortBy} />
          <SortHead by="cost" label="Cost" sort={view.sort} onSort={sortBy} />
        </div>
      </div>
      <div
        className="sv-tree"
        role="tree"
        aria-label="Spans of the trace"
        tabIndex={0}
        ref={treeRef}
        aria-activedescendant={view.selected === null ? undefined : lineId(view.selected)}
        style={{ height: view.lines.length * LINE_HEIGHT }}
      >
        <div className="sv-grid" aria-hidden="true">
          {axisTicks(seen, axisWidth).map((offset) => (
            <i
              key={offset}
              style={{ left: `${((offset - seen.from) / (seen.to - seen.from)) * 100}%` }}
            />
          ))}
        </div>
        <Lines
          {...props}
          port={port}
          seen={seen}
          axisWidth={axisWidth}
          deepest={deepest}
          lineId={lineId}
        />
        {view.lines.length === 0 && <NothingShown view={view} store={store} />}
      </div>
    </div>
  );
}

interface LinesProps extends TraceTreeProps {
  readonly port: Readable<Port>;
  readonly seen: Range;
  readonly axisWidth: number;
  readonly deepest: number;
  readonly lineId: (key: string) => string;
}

function Lines(props: LinesProps): ReactElement {
  const { view, loaded, now, store, seen, deepest, lineId, onOpen } = props;
  const { index, scale, trace } = loaded;
  const window = useListWindow(props.port, view, LINE_HEIGHT);
  const sums = useMemo(() => totals(index), [index]);
  const hits = useMemo(() => new Set(view.hits), [view.hits]);
  const ownPaths = useMemo(() => pathBySpan(view), [view]);
  const pauses = useMemo(() => pausesWhenDrawn(index, scale, now), [index, scale, now]);
  const beside = useMemo(() => siblingPositions(view.lines), [view.lines]);
  const figures = useMemo(
    () => groupFiguresWhenDrawn(loaded, sums, now, seen),
    [loaded, sums, now, seen],
  );
  const draw = (line: Line, at: number): ReactElement | null => {
    const top = at * LINE_HEIGHT;
    const among = { position: beside.position[at] ?? 1, siblings: beside.siblings[at] ?? 1 };
    if (line.type === "absent") {
      const isPending = trace.execution.endedAt === null;
      return (
        <AbsentTreeLine
          key={line.key}
          name={props.nodeNames.get(line.nodeId) ?? line.nodeId}
          top={top}
          isPending={isPending}
          {...among}
        />
      );
    }
    const indent = Math.min(line.depth, deepest) * INDENT;
    const isSelected = line.key === view.selected;
    if (line.type === "group") {
      return (
        <GroupTreeLine
          key={line.key}
          id={lineId(line.key)}
          top={top}
          line={line}
          indent={indent}
          {...among}
          isSelected={isSelected}
          {...figures(line.group)}
          room={props.axisWidth}
          onSelect={store.select}
          onToggle={store.toggle}
          onOpen={onOpen}
        />
      );
    }
    const row = index.rows[line.position];
    if (!row) return null;
    const bar = barOf(row, scale, now, seen);
    return (
      <TreeLine
        key={line.key}
        id={lineId(line.key)}
        top={top}
        row={row}
        line={line}
        index={index}
        indent={indent}
        {...among}
        isCapped={line.depth > deepest}
        isSelected={isSelected}
        isHit={hits.has(line.position)}
        left={bar.left}
        width={bar.width}
        beyond={bar.beyond}
        scaleStart={scale.start}
        seen={seen}
        pauses={line.isExpandable ? pauses(line.position) : NO_PAUSES}
        ownPath={ownPaths && (ownPaths.get(line.position) ?? NO_RANGES)}
        servedAt={row.end ?? now}
        {...amountsAt(sums, line.position)}
        onSelect={store.select}
        onToggle={store.toggle}
        onOpen={onOpen}
      />
    );
  };
  return (
    <>
      {window.map((at) => {
        const line = view.lines[at];
        return line ? draw(line, at) : null;
      })}
    </>
  );
}

/** The steps of the critical path by the line that stands for their span. */
function pathBySpan(view: TraceView): ReadonlyMap<number, readonly Range[]> | null {
  if (!view.path || !view.loaded) return null;
  const { index, scale } = view.loaded;
  const seen = seenRange(view.zoom, scale.length);
  const least = (seen.to - seen.from) / 1_000;
  const steps = new Map<number, Range[]>();
  for (const { position, from, to } of view.path) {
    const line = lineFor(index, position);
    const known = steps.get(line) ?? [];
    const later = known.at(-1);
    // The path comes from its end; steps that are closer than a pixel are drawn as one.
    if (later && later.from - to < least) known[known.length - 1] = { from, to: later.to };
    else known.push({ from, to });
    steps.set(line, known);
  }
  return steps;
}

type GroupFigures = Bar & { readonly amounts: Amounts };

/** The bar and the amounts of a group, found when its line is first drawn and kept as long as the trace stays as it is. */
function groupFiguresWhenDrawn(
  { index, scale }: LoadedTrace,
  sums: Totals,
  now: Nanos,
  seen: Range,
): (group: SiblingGroup) => GroupFigures {
  const known = new Map<string, GroupFigures>();
  return ({ key, members }) => {
    const before = known.get(key);
    if (before) return before;
    const rows = Array.from(members, (position) => index.rows[position]);
    const { from, to } = rangeOfBars(rows, scale, now) ?? { from: 0, to: 0 };
    const found = { ...barBetween(from, to, seen), amounts: amountsOf(sums, members) };
    known.set(key, found);
    return found;
  };
}

function NothingShown({ view, store }: Pick<TraceTreeProps, "view" | "store">): ReactElement {
  const { shown, hue, status, nodeId, onlyHits } = view.filter;
  const isRefined = hue !== null || status !== null || nodeId !== null || onlyHits;
  const what = { all: "spans", errors: "errors", model: "model calls", tools: "tool calls" };
  return (
    <p className="sv-nothing">
      {isRefined ? "Nothing in this trace passes the filter." : `This trace has no ${what[shown]}.`}{" "}
      <button type="button" className="sv-link" onClick={() => store.filter(NO_FILTER)}>
        Show all spans
      </button>
    </p>
  );
}
