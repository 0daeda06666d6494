import type { ReactElement } from "react";
import { formatTick } from "../model/format";
import { ticks } from "../model/timeScale";

interface TimeAxisProps {
  /** Nanoseconds across the axis. */
  readonly length: number;
  readonly width: number;
}

const PIXELS_A_TICK = 64;

export function axisTicks(length: number, width: number): readonly number[] {
  return ticks(length, Math.floor(width / PIXELS_A_TICK));
}

export function TimeAxis({ length, width }: TimeAxisProps): ReactElement {
  return (
    <div className="sv-axis" aria-hidden="true">
      {axisTicks(length, width).map((offset) => (
        <span key={offset} style={{ left: `${(offset / length) * 100}%` }}>
          {formatTick(offset)}
        </span>
      ))}
    </div>
  );
}
