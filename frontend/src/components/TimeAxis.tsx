import { memo, useRef, useState, type PointerEvent, type ReactElement } from "react";
import { formatTick } from "../model/labels/format";
import { ticks } from "../model/time/timeScale";
import type { Range } from "../model/time/zoom";

interface TimeAxisProps {
  readonly seen: Range;
  readonly width: number;
  readonly onZoom: (range: Range) => void;
}

const PIXELS_A_TICK = 72;
/** Half of the widest label. */
const EDGE_PIXELS = 24;
/** A shorter drag is a press that slipped. */
const LEAST_DRAG = 4;

/** Returns the ticks of an axis of this width. */
export function axisTicks(seen: Range, width: number): readonly number[] {
  return ticks(seen, Math.floor(width / PIXELS_A_TICK));
}

/** The ruler over the bars: a drag along it zooms to what was passed over. */
export const TimeAxis = memo(function TimeAxis(props: TimeAxisProps): ReactElement {
  const { seen, width, onZoom } = props;
  const { drag, start } = useRangeDrag((from, to) =>
    onZoom({
      from: seen.from + from * (seen.to - seen.from),
      to: seen.from + to * (seen.to - seen.from),
    }),
  );
  const found = axisTicks(seen, width);
  const step = (found[1] ?? 0) - (found[0] ?? 0);
  return (
    <div className="sv-axis" aria-hidden="true" onPointerDown={start} title="Drag to zoom in">
      {found.map((offset) => (
        <span
          key={offset}
          className={edgeClass(((offset - seen.from) / (seen.to - seen.from)) * width, width)}
          style={{ left: `${((offset - seen.from) / (seen.to - seen.from)) * 100}%` }}
        >
          {formatTick(offset, step)}
        </span>
      ))}
      {drag && <DragMark {...drag} />}
    </div>
  );
});

/** Labels near an edge stand beside their tick, so that none is cut off. */
function edgeClass(at: number, width: number): string | undefined {
  if (at < EDGE_PIXELS) return "sv-tick-first";
  return at > width - EDGE_PIXELS ? "sv-tick-last" : undefined;
}

interface Drag {
  /** Fractions of the width, in the order in which they lie. */
  readonly from: number;
  readonly to: number;
}

export function DragMark({ from, to }: Drag): ReactElement {
  return (
    <i
      className="sv-drag-mark"
      style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
    />
  );
}

/** A horizontal drag over an element, told as fractions of its width when it ends. */
export function useRangeDrag(onEnd: (from: number, to: number) => void): {
  readonly drag: Drag | null;
  readonly start: (event: PointerEvent<HTMLElement>) => void;
} {
  const [drag, setDrag] = useState<Drag | null>(null);
  const last = useRef<Drag | null>(null);
  const start = (down: PointerEvent<HTMLElement>): void => {
    if (down.button !== 0) return;
    const element = down.currentTarget;
    const box = element.getBoundingClientRect();
    const at = (clientX: number): number =>
      Math.min(1, Math.max(0, (clientX - box.left) / box.width));
    element.setPointerCapture(down.pointerId);
    const held = at(down.clientX);
    last.current = null;
    const move = (event: globalThis.PointerEvent): void => {
      const now = at(event.clientX);
      const isDrag = Math.abs(event.clientX - down.clientX) >= LEAST_DRAG;
      last.current = isDrag ? { from: Math.min(held, now), to: Math.max(held, now) } : null;
      setDrag(last.current);
    };
    const end = (event: globalThis.PointerEvent): void => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", end);
      element.removeEventListener("pointercancel", end);
      setDrag(null);
      if (event.type === "pointerup" && last.current) onEnd(last.current.from, last.current.to);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
  };
  return { drag, start };
}
