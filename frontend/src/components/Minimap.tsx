/** The whole run in a strip: what sort of work was going on when, where it failed, and what is seen of it. */

import { useMemo, type PointerEvent, type ReactElement } from "react";
import { activity, ACTIVITY_HUES, type Activity } from "../model/activity";
import type { TraceStore } from "../state/traceStore";
import type { LoadedTrace } from "../state/traceView";
import type { Range } from "../model/zoom";
import { DragMark, useRangeDrag } from "./TimeAxis";

const COLUMNS = 240;
const HEIGHT = 30;
const FAILURE_HEIGHT = 7;

interface MinimapProps {
  readonly loaded: LoadedTrace;
  readonly zoom: Range | null;
  readonly store: TraceStore;
}

export function Minimap({ loaded, zoom, store }: MinimapProps): ReactElement {
  const { index, scale, trace } = loaded;
  const shape = useMemo(
    () => activity(index, scale, trace.servedAt, COLUMNS),
    [index, scale, trace.servedAt],
  );
  const { drag, start } = useRangeDrag((from, to) =>
    store.zoom({ from: from * scale.length, to: to * scale.length }),
  );
  return (
    <div
      className="sv-minimap"
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
}

function Shape({ shape }: { readonly shape: Activity }): ReactElement {
  return (
    <svg viewBox={`0 0 ${shape.columns} ${HEIGHT}`} preserveAspectRatio="none">
      {stackedPaths(shape).map(([hue, path]) => (
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
}

/** One area a hue, each standing on the ones before it. */
function stackedPaths({ columns, byHue, most }: Activity): readonly (readonly [string, string])[] {
  const below = new Float64Array(columns);
  return ACTIVITY_HUES.flatMap((hue): readonly (readonly [string, string])[] => {
    const amounts = byHue.get(hue);
    if (!amounts) return [];
    const parts: string[] = [];
    for (let at = 0; at < columns; at += 1) {
      const amount = amounts[at] ?? 0;
      const floor = below[at] ?? 0;
      if (amount === 0) continue;
      const height = (amount / most) * HEIGHT;
      const top = HEIGHT - (floor / most) * HEIGHT - height;
      parts.push(`M${at} ${top.toFixed(2)}h1v${height.toFixed(2)}h-1z`);
      below[at] = floor + amount;
    }
    return [[hue, parts.join("")]];
  });
}

interface WindowProps {
  readonly zoom: Range;
  readonly length: number;
  readonly onMove: (range: Range) => void;
}

/** What is seen; dragged, it moves along. */
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
  const left = (zoom.from / length) * 100;
  const width = ((zoom.to - zoom.from) / length) * 100;
  return (
    <>
      <i className="sv-minimap-veil" style={{ left: 0, width: `${left}%` }} />
      <i className="sv-minimap-veil" style={{ left: `${left + width}%`, right: 0 }} />
      <i
        className="sv-minimap-window"
        style={{ left: `${left}%`, width: `${width}%` }}
        onPointerDown={grab}
      />
    </>
  );
}
