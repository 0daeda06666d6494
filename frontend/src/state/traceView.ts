/** What the tab shows at a moment, and what follows from it: the lines, the hits and the selected span. */

import type { PathStep } from "../model/trace/criticalPath";
import { findHits, isFiltering, NO_FILTER, type Filter } from "../model/list/filter";
import type { ProblemError } from "../model/problem";
import type { SiblingGroup } from "../model/list/siblings";
import type { SearchResult } from "../model/trace/source";
import { sortedLines, type Sort } from "../model/list/sortLines";
import type { Row } from "../model/trace/trace";
import { ancestors, lineFor, type TraceIndex } from "../model/trace/traceIndex";
import { visibleRows, type Line } from "../model/list/visibleRows";
import type { Range } from "../model/time/zoom";
import type { LoadedTrace } from "./loading";
import type { ViewState } from "./viewState";

export type { LoadedTrace };

export interface TraceView {
  readonly loaded: LoadedTrace | null;
  /** Why the last read failed; with a loaded trace, what is shown may be out of date. */
  readonly problem: ProblemError | null;
  /** A span id, or the key of a group of siblings. */
  readonly selected: string | null;
  /** The reader has not selected a span: in a running trace the selection follows the newest. */
  readonly isFollowing: boolean;
  readonly folded: ReadonlySet<string>;
  /** The reader has folded or unfolded something. */
  readonly isFoldChosen: boolean;
  readonly openGroups: ReadonlySet<string>;
  readonly filter: Filter;
  readonly query: string;
  /** What the server found in attributes and content, for the query that it was asked. */
  readonly found: SearchResult | null;
  /** Why attributes and content were not searched. */
  readonly searchProblem: ProblemError | null;
  /** Positions of the rows that the query names, by the rows themselves or by the server. */
  readonly hits: readonly number[];
  readonly lines: readonly Line[];
  /** By what siblings are sorted; null: as they ran. */
  readonly sort: Sort | null;
  /** The visible part of the time axis; null for all of it. */
  readonly zoom: Range | null;
  /** The critical path, while it is shown. */
  readonly path: readonly PathStep[] | null;
  /** The workflow's graph stands beside the tree. */
  readonly isGraphShown: boolean;
  /** Increases each time the selected line has to be scrolled into view. */
  readonly revealSerial: number;
}

/** Returns the view before anything was read. */
export function openView(viewState: ViewState): TraceView {
  return {
    loaded: null,
    problem: null,
    selected: viewState.spanId,
    isFollowing: viewState.spanId === null,
    folded: new Set(),
    isFoldChosen: false,
    openGroups: new Set(),
    filter: viewState.filter,
    query: viewState.query,
    found: null,
    searchProblem: null,
    hits: [],
    lines: [],
    sort: null,
    zoom: viewState.zoom,
    path: viewState.isPathShown ? [] : null,
    isGraphShown: viewState.isGraphShown,
    revealSerial: 0,
  };
}

/** Returns the position of the selected row; null when a group or nothing is selected. */
export function selectedPosition(view: TraceView): number | null {
  if (!view.loaded || view.selected === null) return null;
  return view.loaded.index.positionOf.get(view.selected) ?? null;
}

/** Returns the selected row; null when a group or nothing is selected. */
export function selectedRow(view: TraceView): Row | null {
  const position = selectedPosition(view);
  return position === null ? null : (view.loaded?.index.rows[position] ?? null);
}

/** Returns the selected group of siblings; null when none is selected. */
export function selectedGroup(view: TraceView): SiblingGroup | null {
  if (!view.loaded || view.selected === null) return null;
  return view.loaded.siblings.byKey.get(view.selected) ?? null;
}

/** Returns the index of the selected line; -1 when it is not visible. */
export function lineOfSelection(view: TraceView): number {
  return view.lines.findIndex((line) => line.key === view.selected);
}

/** Returns the ids of the spans above a span. */
export function pathTo(index: TraceIndex, spanId: string | null): Set<string> {
  const path = new Set<string>();
  const position = spanId === null ? undefined : index.positionOf.get(spanId);
  if (position === undefined) return path;
  for (const above of ancestors(index, position)) {
    const row = index.rows[above];
    if (row) path.add(row.spanId);
  }
  return path;
}

/** Keys of the closed groups that hide the selected span. */
function groupsAround({ index, siblings }: LoadedTrace, position: number): readonly string[] {
  return [position, ...ancestors(index, position)].flatMap((at) => {
    const group = siblings.groups[siblings.groupOf[at] ?? -1];
    return group && !group.shown.has(at) ? [group.key] : [];
  });
}

/** Unfolds what is above the selected span; drops a filter that hides it. */
export function reveal(view: TraceView): TraceView {
  const position = selectedPosition(view);
  if (!view.loaded || position === null) return scrolled(view);
  const path = pathTo(view.loaded.index, view.selected);
  const folded = new Set([...view.folded].filter((spanId) => !path.has(spanId)));
  const around = groupsAround(view.loaded, position).filter((key) => !view.openGroups.has(key));
  let next = view;
  if (folded.size !== view.folded.size || around.length > 0) {
    next = derive({ ...view, folded, openGroups: new Set([...view.openGroups, ...around]) });
  }
  if (isFiltering(next.filter) && lineOfSelection(next) < 0) {
    next = derive({ ...next, filter: NO_FILTER });
  }
  return scrolled(next);
}

/** Asks the list to bring the selected line into view. */
export function scrolled(view: TraceView): TraceView {
  return { ...view, revealSerial: view.revealSerial + 1 };
}

/** Returns the selected span, or the line that it is folded into. */
export function nearestVisible(view: TraceView): string | null {
  const { loaded } = view;
  if (!loaded || view.selected === null || lineOfSelection(view) >= 0) return view.selected;
  const visible = new Set(view.lines.map((line) => line.key));
  const position = selectedPosition(view);
  const start = position ?? loaded.index.positionOf.get(selectedGroup(view)?.parentSpanId ?? "");
  if (start === undefined) return view.selected;
  for (const at of [start, ...ancestors(loaded.index, start)]) {
    const spanId = loaded.index.rows[at]?.spanId;
    if (spanId !== undefined && visible.has(spanId)) return spanId;
    const group = loaded.siblings.groups[loaded.siblings.groupOf[at] ?? -1];
    if (group && visible.has(group.key)) return group.key;
  }
  return view.selected;
}

/** Computes hits and lines from the rest of the view. */
export function derive(view: TraceView): TraceView {
  if (!view.loaded) return view;
  const { trace, index, siblings } = view.loaded;
  const hits = hitsOf(view, index);
  const { folded, openGroups, filter } = view;
  const { missing } = trace.execution.completeness;
  const arrangement = { folded, openGroups, filter, hits, missingNodes: missing };
  const lines = visibleRows(index, siblings, arrangement);
  return {
    ...view,
    hits,
    lines: view.sort ? sortedLines(lines, index, trace.servedAt, view.sort) : lines,
  };
}

function hitsOf(view: TraceView, index: TraceIndex): readonly number[] {
  if (view.query === "") return [];
  const hits = new Set(findHits(index.rows, view.query));
  if (view.found?.query === view.query) {
    for (const { spanId } of view.found.hits) {
      const position = index.positionOf.get(spanId);
      if (position !== undefined) hits.add(lineFor(index, position));
    }
  }
  return [...hits].filter((hit) => index.isPassedOver[hit] === 0).sort((a, b) => a - b);
}
