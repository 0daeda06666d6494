import type { ReactElement } from "react";
import { firstTokenText } from "../model/labels/describe";
import { formatNanos } from "../model/labels/format";
import { kindHue } from "../model/labels/kinds";
import type { SpanLine } from "../model/list/visibleRows";
import type { Pause } from "../model/time/pauses";
import type { Nanos } from "../model/time/time";
import { barBetween, type Bar } from "../model/time/timeScale";
import type { Range } from "../model/time/zoom";
import type { Row } from "../model/trace/trace";
import { barStyle } from "./barStyle";

export interface BarMarkProps {
  readonly row: Row;
  readonly line: Pick<SpanLine, "isExpandable">;
  readonly left: number;
  readonly width: number;
  readonly beyond: Bar["beyond"];
  /** When the time axis begins. */
  readonly scaleStart: Nanos;
  /** The part of the axis that the bar is drawn on. */
  readonly seen: Range;
  readonly pauses: readonly Pause[];
  /** What of the critical path is this span's own; null while the path is not shown. */
  readonly ownPath: readonly Range[] | null;
}

/** Draws a line's bar on the time axis, with its pauses, its first token and its part of the critical path. */
export function BarMark(props: BarMarkProps): ReactElement {
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
      <FirstToken {...props} />
      {ownPath?.map((step) => (
        <Piece key={step.from} {...step} seen={seen} className="sv-path-step" />
      ))}
    </>
  );
}

/** A tick on the bar where the first piece of the answer came; none where that lies outside of the bar. */
function FirstToken({ row, seen, scaleStart }: BarMarkProps): ReactElement | null {
  const after = row.timeToFirstTokenNano;
  if (after === null || (row.end !== null && after > Number(row.end - row.start))) return null;
  const at = Number(row.start - scaleStart) + after;
  return (
    <Piece
      from={at}
      to={at}
      seen={seen}
      className="sv-first-token"
      title={firstTokenText(row)}
      least={2}
    />
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
