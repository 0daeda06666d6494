/** Computes the lines to draw from the trace, the folded spans, the open groups and the filter. */

import { isFiltering, passesAll, type Filter } from "./filter";
import type { SiblingGroup, Siblings } from "./siblings";
import { hasChildren, hasLinesInside, type TraceIndex } from "../trace/traceIndex";

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

/** Many similar siblings as one line; those that failed follow it even when it is closed. */
export interface GroupLine {
  readonly type: "group";
  readonly key: string;
  readonly group: SiblingGroup;
  readonly depth: number;
  readonly isExpanded: boolean;
}

/** A node of the workflow that has no span: it did not run, or not yet. */
interface AbsentLine {
  readonly type: "absent";
  readonly key: string;
  readonly nodeId: string;
}

export type Line = SpanLine | GroupLine | AbsentLine;

export interface Arrangement {
  readonly folded: ReadonlySet<string>;
  readonly openGroups: ReadonlySet<string>;
  readonly filter: Filter;
  /** Positions that the search has found. */
  readonly hits: readonly number[];
  readonly missingNodes: readonly string[];
}

/** Returns the visible lines. Walks the rows once and skips folded subtrees; no recursion, so depth costs nothing. */
export function visibleRows(
  index: TraceIndex,
  siblings: Siblings,
  arrangement: Arrangement,
): readonly Line[] {
  const { folded, openGroups, filter, missingNodes } = arrangement;
  const kept = isFiltering(filter) ? keptPositions(index, arrangement) : null;
  const told = new Uint8Array(siblings.groups.length);
  const lines: Line[] = [];
  for (let position = 0; position < index.rows.length;) {
    const row = index.rows[position];
    const end = index.subtreeEnd[position] ?? position + 1;
    if (!row) break;
    if (kept?.[position] === UNWANTED) {
      position = end;
      continue;
    }
    // After the check above, so that a filter without a match inside also hides the attempt's subtree.
    if (index.isPassedOver[position] === 1) {
      position += 1;
      continue;
    }
    const depth = index.drawnDepth[position] ?? row.depth;
    const at = kept ? -1 : (siblings.groupOf[position] ?? -1);
    const group = siblings.groups[at];
    if (group) {
      const isOpen = openGroups.has(group.key);
      if (told[at] === 0) {
        told[at] = 1;
        lines.push({ type: "group", key: group.key, group, depth, isExpanded: isOpen });
      }
      if (!isOpen && !group.shown.has(position)) {
        position = end;
        continue;
      }
    }
    const isExpandable =
      hasLinesInside(index, position) && (!kept || hasKept(kept, position + 1, end));
    const isExpanded = isExpandable && !folded.has(row.spanId);
    lines.push({
      type: "span",
      key: row.spanId,
      position,
      depth,
      isExpandable,
      isExpanded,
      isContext: kept?.[position] === CONTEXT,
    });
    position = isExpandable && !isExpanded ? end : position + 1;
  }
  if (!kept) {
    for (const nodeId of missingNodes) {
      lines.push({ type: "absent", key: `absent:${nodeId}`, nodeId });
    }
  }
  return lines;
}

const UNWANTED = 0;
const CONTEXT = 1;
const WANTED = 2;

/** Marks the rows that pass the filter and, as context, the rows above them. */
function keptPositions(index: TraceIndex, { filter, hits }: Arrangement): Uint8Array {
  const kept = new Uint8Array(index.rows.length);
  const isHit = new Uint8Array(index.rows.length);
  for (const hit of hits) isHit[hit] = 1;
  const nodeOf = filter.nodeId === null ? null : nodesOf(index);
  for (let position = index.rows.length - 1; position >= 0; position -= 1) {
    const row = index.rows[position];
    const inNode = nodeOf?.[position] ?? null;
    if (row && passesAll(row, filter, inNode, isHit[position] === 1)) kept[position] = WANTED;
    const above = index.parent[position] ?? -1;
    if (kept[position] !== UNWANTED && above >= 0 && kept[above] === UNWANTED) {
      kept[above] = CONTEXT;
    }
  }
  return kept;
}

/** The node that each row belongs to: its own, or that of the nearest parent that has one. */
function nodesOf(index: TraceIndex): readonly (string | null)[] {
  const found: (string | null)[] = [];
  index.rows.forEach((row, position) => {
    found.push(row.nodeId ?? found[index.parent[position] ?? -1] ?? null);
  });
  return found;
}

/** Says whether a row between two positions is kept. */
function hasKept(kept: Uint8Array, from: number, end: number): boolean {
  for (let position = from; position < end; position += 1) {
    if (kept[position] !== UNWANTED) return true;
  }
  return false;
}

/** The most lines that a trace opens with; a larger one is folded. */
const OPEN_LINES = 200;

/**
 * Returns which spans are folded when a trace opens: levels that fit into `OPEN_LINES` are open, deeper ones are folded,
 * except on the path to the selected span.
 */
export function initialFold(
  index: TraceIndex,
  siblings: Siblings,
  keepOpen: ReadonlySet<string>,
): Set<string> {
  const folded = new Set<string>();
  if (index.rows.length <= OPEN_LINES) return folded;
  const openDepth = deepestOpenLevel(index, siblings);
  index.rows.forEach((row, position) => {
    const isDeep = (index.drawnDepth[position] ?? 0) >= openDepth;
    if (isDeep && hasChildren(index, position) && !keepOpen.has(row.spanId)) folded.add(row.spanId);
  });
  return folded;
}

/** Returns the deepest level that is open. The first one always is: a folded root shows nothing. */
function deepestOpenLevel(index: TraceIndex, siblings: Siblings): number {
  const rowsAt: number[] = [];
  const told = new Set<number>();
  for (let position = 0; position < index.rows.length;) {
    const at = siblings.groupOf[position] ?? -1;
    const depth = index.drawnDepth[position] ?? 0;
    const group = siblings.groups[at];
    if (group && !told.has(at)) {
      told.add(at);
      rowsAt[depth] = (rowsAt[depth] ?? 0) + 1;
    }
    if (group && !group.shown.has(position)) {
      position = index.subtreeEnd[position] ?? position + 1;
      continue;
    }
    rowsAt[depth] = (rowsAt[depth] ?? 0) + 1;
    position += 1;
  }
  let level = 1;
  let lines = (rowsAt[0] ?? 0) + (rowsAt[1] ?? 0);
  for (let next = 2; next < rowsAt.length; next += 1) {
    lines += rowsAt[next] ?? 0;
    if (lines > OPEN_LINES) break;
    level = next;
  }
  return level;
}
