/** The tree and the waterfall: one list of equally high lines, of which only those on the screen exist. */

import { useId, useMemo, useRef, useState, type ReactElement, type RefObject } from "react";
import { barOf, timeScale } from "../model/timeScale";
import { totals } from "../model/totals";
import type { TraceStore } from "../state/traceStore";
import type { LoadedTrace, TraceView } from "../state/traceView";
import { Splitter } from "./Splitter";
import { axisTicks, TimeAxis } from "./TimeAxis";
import { AbsentTreeLine, TreeLine } from "./TreeLine";
import { useListWindow } from "./useListWindow";
import { useSize } from "./useSize";

const LINE_HEIGHT = 28;
const INDENT = 14;
/** Room that a name keeps beside its indent, however deep it stands. */
const LEAST_NAME_WIDTH = 220;
/** As in tree.css: below this width names take all but the durations, with the bars under them. */
const STRIP_WIDTH = 540;
const DURATION_WIDTH = 84;
const NAME_WIDTHS = { least: 180, most: 900, usual: 340 };

interface TraceTreeProps {
  readonly view: TraceView;
  readonly loaded: LoadedTrace;
  readonly store: TraceStore;
  readonly treeRef: RefObject<HTMLDivElement | null>;
  readonly onOpen: () => void;
}

export function TraceTree({ view, loaded, store, treeRef, onOpen }: TraceTreeProps): ReactElement {
  const { trace, index } = loaded;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const { width: axisWidth } = useSize(axis);
  const { width: listWidth } = useSize(scroller);
  const [nameWidth, setNameWidth] = useState<number>(NAME_WIDTHS.usual);
  const scale = useMemo(() => timeScale(trace), [trace]);
  const sums = useMemo(() => totals(index), [index]);
  const hits = useMemo(() => new Set(view.hits), [view.hits]);
  const window = useListWindow(scroller, view, LINE_HEIGHT);

  const nameRoom = listWidth < STRIP_WIDTH ? listWidth - DURATION_WIDTH : nameWidth;
  const deepest = Math.max(3, Math.floor((nameRoom - LEAST_NAME_WIDTH) / INDENT));
  const lineId = (key: string): string => `${id}${key}`;

  return (
    <div
      className="sv-list"
      ref={scroller}
      style={{ "--sv-name-width": `${nameWidth}px` } as React.CSSProperties}
    >
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
          <TimeAxis length={scale.length} width={axisWidth} />
        </div>
        <div className="sv-number">Duration</div>
        <div className="sv-number sv-column-tokens">Tokens</div>
        <div className="sv-number sv-column-cost">Cost</div>
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
          {axisTicks(scale.length, axisWidth).map((offset) => (
            <i key={offset} style={{ left: `${(offset / scale.length) * 100}%` }} />
          ))}
        </div>
        {window.map((at) => {
          const line = view.lines[at];
          if (!line) return null;
          const top = at * LINE_HEIGHT;
          if (line.type === "absent") {
            return (
              <AbsentTreeLine
                key={line.key}
                nodeId={line.nodeId}
                top={top}
                isPending={trace.execution.endedAt === null}
              />
            );
          }
          const row = index.rows[line.position];
          if (!row) return null;
          return (
            <TreeLine
              key={line.key}
              id={lineId(line.key)}
              top={top}
              row={row}
              line={line}
              index={index}
              indent={Math.min(line.depth, deepest) * INDENT}
              isCapped={line.depth > deepest}
              isSelected={line.key === view.selected}
              isHit={hits.has(line.position)}
              bar={barOf(row, scale, trace.servedAt)}
              servedAt={trace.servedAt}
              inputTokens={sums.inputTokens[line.position] ?? 0}
              outputTokens={sums.outputTokens[line.position] ?? 0}
              costNanoUsd={sums.costNanoUsd[line.position] ?? 0}
              onSelect={store.select}
              onToggle={store.toggle}
              onOpen={onOpen}
            />
          );
        })}
        {view.lines.length === 0 && <NothingShown view={view} store={store} />}
      </div>
    </div>
  );
}

function NothingShown({ view, store }: Pick<TraceTreeProps, "view" | "store">): ReactElement {
  const what = { all: "spans", errors: "errors", model: "model calls", tools: "tool calls" };
  return (
    <p className="sv-nothing">
      This trace has no {what[view.shown]}.{" "}
      <button type="button" className="sv-link" onClick={() => store.show("all")}>
        Show all spans
      </button>
    </p>
  );
}
