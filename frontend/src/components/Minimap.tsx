/** Draws the whole run as a strip over the axis: which kinds of work ran when, failures, and the visible part. */

import { memo, useMemo, useRef, type PointerEvent, type ReactElement } from "react";
import { activity, steppedLength, stackedPaths, type Activity } from "../model/time/activity";
import { isUnfinished } from "../model/trace/execution";
import type { TraceStore } from "../state/traceStore";
import type { LoadedTrace } from "../state/traceView";
import { barStyle } from "./barStyle";
import type { Range } from "../model/time/zoom";
import { DragMark, useRangeDrag } from "./TimeAxis";
import { useSize } from "./useSize";

const MOST_COLUMNS = 240;
/** A narrower column could not be seen. */
const LEAST_COLUMN_PIXELS = 2;
const HEIGHT = 30;
/** Pixels; a narrower one could not be dragged. */
const LEAST_WINDOW = 6;
const FAILURE_HEIGHT = 7;

interface MinimapProps {
  readonly loaded: LoadedTrace;
  readonly zoom: Range | null;
  readonly store: TraceStore;
}

export const Minimap = memo(function Minimap(props: MinimapProps): ReactElement {
  const { loaded, zoom, store } = props;
  const { index, scale, trace } = loaded;
  const strip = useRef<HTMLDivElement>(null);
  const { width } = useSize(strip);
  const columns = columnsIn(width);
  const isGrowing = isUnfinished(trace.execution);
  const { start: from } = scale;
  const length = isGrowing ? steppedLength(scale.length, columns) : scale.length;
  const until = isGrowing ? from + BigInt(length) : trace.servedAt;
  const shape = useMemo(
    () => activity(index, { start: from, length }, until, columns),
    [index, from, length, until, columns],
  );
  const { drag, start } = useRangeDrag((first, last) =>
    store.zoom({ from: first * scale.length, to: last * scale.length }),
  );
  return (
    <div
      className="sv-minimap"
      ref={strip}
      onPointerDown={start}
      onDoubleClick={() => store.zoom(null)}
      aria-hidden="true"
      title="Drag to zoom in, double click for the whole run"
    >
      <Shape shape={shape} />
      {zoom && <Window zoom={zoom} length={scale.length} onMove={(moved) => store.zoom(moved)} />}
      {drag && <DragMark {...drag} />}
    </div>
  );
});

/** As many columns as can be told apart; before the strip is laid out, its usual number. */
function columnsIn(width: number): number {
  if (width === 0) return MOST_COLUMNS;
  return Math.max(1, Math.min(MOST_COLUMNS, Math.floor(width / LEAST_COLUMN_PIXELS)));
}

const Shape = memo(function Shape({ shape }: { readonly shape: Activity }): ReactElement {
  return (
    <svg viewBox={`0 0 ${shape.columns} ${HEIGHT}`} preserveAspectRatio="none">
      {stackedPaths(shape, HEIGHT).map(([hue, path]) => (
        <path key={hue} className={`sv-fill-${hue}`} d={path} />
      ))}
      {shape.failures.map((column) => (
        <rect
          key={column}
          className="sv-minimap-failure"
          x={column}
          y="0"
          width="1"
          height={FAILURE_HEIGHT}
        />
      ))}
    </svg>
  );
});

interface WindowProps {
  readonly zoom: Range;
  readonly length: number;
  readonly onMove: (range: Range) => void;
}

/** The visible part; it can be dragged. */
function Window({ zoom, length, onMove }: WindowProps): ReactElement {
  const grab = (down: PointerEvent<HTMLElement>): void => {
    down.stopPropagation();
    const element = down.currentTarget;
    const width = element.parentElement?.clientWidth ?? 1;
    element.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent): void => {
      const by = ((event.clientX - down.clientX) / width) * length;
      const size = zoom.to - zoom.from;
      const from = Math.min(Math.max(0, zoom.from + by), length - size);
      onMove({ from, to: from + size });
    };
    const end = (): void => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", end);
      element.removeEventListener("pointercancel", end);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
  };
  const left = zoom.from / length;
  const width = (zoom.to - zoom.from) / length;
  return (
    <>
      <i className="sv-minimap-veil" style={{ left: 0, width: `${left * 100}%` }} />
      <i className="sv-minimap-veil" style={{ left: `${(left + width) * 100}%`, right: 0 }} />
      <i
        className="sv-minimap-window"
        style={barStyle(left, width, LEAST_WINDOW)}
        onPointerDown={grab}
      />
    </>
  );
}
