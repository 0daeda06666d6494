/** The list that is drawn: a pure function of (trace, folded spans, filter). */

import { passes, type Shown } from "./filter";
import { hasChildren, hasLinesInside, type TraceIndex } from "./traceIndex";

export interface SpanLine {
  readonly type: "span";
  readonly key: string;
  readonly position: number;
  readonly depth: number;
  readonly isExpandable: boolean;
  readonly isExpanded: boolean;
  /** Shown only because a span below it passes the filter. */
  readonly isContext: boolean;
}

/** A node of the workflow that has no span: it did not run, or not yet. */
interface AbsentLine {
  readonly type: "absent";
  readonly key: string;
  readonly nodeId: string;
}

export type Line = SpanLine | AbsentLine;

/** Walks the pre-order once and jumps over folded subtrees; no recursion, so depth costs nothing. */
export function visibleRows(
  index: TraceIndex,
  folded: ReadonlySet<string>,
  shown: Shown,
  missingNodes: readonly string[],
): readonly Line[] {
  const kept = shown === "all" ? null : keptPositions(index, shown);
  const lines: Line[] = [];
  for (let position = 0; position < index.rows.length;) {
    const row = index.rows[position];
    const end = index.subtreeEnd[position] ?? position + 1;
    if (!row) break;
    if (kept?.[position] === UNWANTED) {
      position = end;
      continue;
    }
    // Behind the check above: a filter that wants nothing inside hides the attempt's subtree too.
    if (index.isPassedOver[position] === 1) {
      position += 1;
      continue;
    }
    const isExpandable =
      hasLinesInside(index, position) && (!kept || hasKept(kept, position + 1, end));
    const isExpanded = isExpandable && !folded.has(row.spanId);
    lines.push({
      type: "span",
      key: row.spanId,
      position,
      depth: index.drawnDepth[position] ?? row.depth,
      isExpandable,
      isExpanded,
      isContext: kept?.[position] === CONTEXT,
    });
    position = isExpandable && !isExpanded ? end : position + 1;
  }
  if (shown === "all") {
    for (const nodeId of missingNodes) {
      lines.push({ type: "absent", key: `absent:${nodeId}`, nodeId });
    }
  }
  return lines;
}

const UNWANTED = 0;
const CONTEXT = 1;
const WANTED = 2;

/** Wanted rows and, as context, all that stand above one. */
function keptPositions(index: TraceIndex, shown: Shown): Uint8Array {
  const kept = new Uint8Array(index.rows.length);
  for (let position = index.rows.length - 1; position >= 0; position -= 1) {
    const row = index.rows[position];
    if (row && passes(row, shown)) kept[position] = WANTED;
    const above = index.parent[position] ?? -1;
    if (kept[position] !== UNWANTED && above >= 0 && kept[above] === UNWANTED) {
      kept[above] = CONTEXT;
    }
  }
  return kept;
}

/** A kept row keeps its parents, so the first child that is kept decides: scan stops there. */
function hasKept(kept: Uint8Array, from: number, end: number): boolean {
  for (let position = from; position < end; position += 1) {
    if (kept[position] !== UNWANTED) return true;
  }
  return false;
}

/** How many lines a trace may open with; beyond it the reader wants the shape first. */
const OPEN_LINES = 200;

/**
 * The fold that a trace opens with: as many levels as fit into `OPEN_LINES` are open, what is
 * deeper is closed, except the way down to the span that is selected.
 */
export function initialFold(index: TraceIndex, keepOpen: ReadonlySet<string>): Set<string> {
  const folded = new Set<string>();
  if (index.rows.length <= OPEN_LINES) return folded;
  const openDepth = deepestOpenLevel(index);
  index.rows.forEach((row, position) => {
    const isDeep = (index.drawnDepth[position] ?? 0) >= openDepth;
    if (isDeep && hasChildren(index, position) && !keepOpen.has(row.spanId)) folded.add(row.spanId);
  });
  return folded;
}

/** The first level is always shown, however broad: a closed root tells nothing. */
function deepestOpenLevel(index: TraceIndex): number {
  const rowsAt: number[] = [];
  for (const depth of index.drawnDepth) rowsAt[depth] = (rowsAt[depth] ?? 0) + 1;
  let level = 1;
  let lines = (rowsAt[0] ?? 0) + (rowsAt[1] ?? 0);
  for (let next = 2; next < rowsAt.length; next += 1) {
    lines += rowsAt[next] ?? 0;
    if (lines > OPEN_LINES) break;
    level = next;
  }
  return level;
}
