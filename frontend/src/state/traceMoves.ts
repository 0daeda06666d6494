/** Moves of the selection through the visible lines, the search hits and the failures. */

import { rangeOfBars } from "../model/time/timeScale";
import { hasChildren, type TraceIndex } from "../model/trace/traceIndex";
import type { Range } from "../model/time/zoom";
import { toggled, withSelection } from "./traceSteps";
import { lineOfSelection, selectedGroup, selectedPosition, type TraceView } from "./traceView";

/** Down (or, negative, up) by lines; stops at either end. */
export function movedBy(view: TraceView, step: number): TraceView {
  const spans = view.lines.filter((line) => line.type !== "absent");
  if (spans.length === 0) return view;
  const current = spans.findIndex((line) => line.key === view.selected);
  const wanted = current < 0 ? 0 : Math.min(spans.length - 1, Math.max(0, current + step));
  const line = spans[wanted];
  return line ? withSelection(view, line.key) : view;
}

/** Closes an open span; on a closed one goes to its parent. */
export function movedOut(view: TraceView): TraceView {
  const line = view.lines[lineOfSelection(view)];
  if (!line || line.type === "absent" || !view.loaded) return view;
  if (line.isExpanded) return toggled(view, line.key);
  if (line.type === "group") return withSelection(view, line.group.parentSpanId);
  const parent = view.loaded.index.parent[line.position] ?? -1;
  const row = view.loaded.index.rows[parent];
  return row ? withSelection(view, row.spanId) : view;
}

/** Opens a closed span; on an open one goes to its first child. */
export function movedIn(view: TraceView): TraceView {
  const line = view.lines[lineOfSelection(view)];
  if (!line || line.type === "absent") return view;
  if (line.type === "span" && !line.isExpandable) return view;
  return line.isExpanded ? movedBy(view, 1) : toggled(view, line.key);
}

/** To the next (1) or previous (-1) hit of the search, going round at the ends. */
export function movedToHit(view: TraceView, direction: 1 | -1): TraceView {
  return movedTo(view, view.hits, direction);
}

/** To the next failure that no failure inside explains. */
export function movedToFailure(view: TraceView, direction: 1 | -1): TraceView {
  if (!view.loaded) return view;
  return movedTo(view, view.loaded.index.causes, direction);
}

/** The stretch of the axis in which the selected span, or the group, was at work. */
export function rangeOfSelection(view: TraceView): Range | null {
  if (!view.loaded) return null;
  const { index, scale, trace } = view.loaded;
  const group = selectedGroup(view);
  const position = selectedPosition(view);
  const members = group ? [...group.members] : position === null ? [] : [position];
  return rangeOfBars(
    members.map((member) => index.rows[member]),
    scale,
    trace.servedAt,
  );
}

/** Which hit is selected, counted from 1; 0 when none is. */
export function hitNumber(view: TraceView): number {
  const position = selectedPosition(view);
  return position === null ? 0 : view.hits.indexOf(position) + 1;
}

function movedTo(view: TraceView, targets: readonly number[], direction: 1 | -1): TraceView {
  if (!view.loaded || targets.length === 0) return view;
  const from = selectedPosition(view) ?? -1;
  const ahead =
    direction === 1
      ? (targets.find((target) => target > from) ?? targets[0])
      : (targets.findLast((target) => target < from) ?? targets.at(-1));
  const row = ahead === undefined ? undefined : view.loaded.index.rows[ahead];
  return row ? withSelection(view, row.spanId) : view;
}

/** Ids of all spans that can be folded, the roots left open. */
export function foldable(index: TraceIndex): ReadonlySet<string> {
  const found = new Set<string>();
  index.rows.forEach((row, position) => {
    if (row.depth >= 1 && hasChildren(index, position)) found.add(row.spanId);
  });
  return found;
}
