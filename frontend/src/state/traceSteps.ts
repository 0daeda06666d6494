/** The pure steps from one view of the tab to the next. */

import { criticalPath, type PathStep } from "../model/trace/criticalPath";
import { isUnfinished } from "../model/trace/execution";
import { deepestFailingSpan, newestRunningSpan } from "../model/trace/failingSpan";
import type { Filter } from "../model/list/filter";
import type { ProblemError } from "../model/problem";
import { isGroupKey } from "../model/list/siblings";
import type { SearchResult } from "../model/trace/source";
import type { Sort } from "../model/list/sortLines";
import type { Nanos } from "../model/time/time";
import { timeScale } from "../model/time/timeScale";
import { lineFor } from "../model/trace/traceIndex";
import { initialFold } from "../model/list/visibleRows";
import { asZoom, type Range } from "../model/time/zoom";
import {
  derive,
  nearestVisible,
  pathTo,
  reveal,
  scrolled,
  type LoadedTrace,
  type TraceView,
} from "./traceView";

/** Takes in a trace that was read. */
export function withLoaded(view: TraceView, loaded: LoadedTrace): TraceView {
  const before = view.loaded;
  const wanted = defaultSelection(view, loaded);
  const isFirst = before === null || before.trace.rows.length === 0;
  const folded = isFirst || isInParts(before) ? foldOf(view, loaded, wanted) : view.folded;
  const next = derive({
    ...view,
    loaded,
    folded,
    problem: null,
    selected: wanted,
    path: view.path === null ? null : pathOf(loaded),
  });
  return wanted !== null && (isFirst || wanted !== view.selected) ? reveal(next) : next;
}

/** Says whether only the first pages of the trace had been read. */
function isInParts({ trace }: LoadedTrace): boolean {
  return trace.rows.length < trace.totalRows;
}

/** Returns the fold that a trace opens with; what the reader has opened and closed in its first pages stays. */
function foldOf(view: TraceView, loaded: LoadedTrace, wanted: string | null): ReadonlySet<string> {
  const { index, siblings } = loaded;
  const fold = initialFold(index, siblings, pathTo(index, wanted));
  if (!view.isFoldChosen || !view.loaded) return fold;
  const { positionOf } = view.loaded.index;
  const behind = [...fold].filter((spanId) => !positionOf.has(spanId));
  return new Set([...view.folded, ...behind]);
}

/** Moves the clock of an unchanged trace on, so that running spans grow. */
export function withServerTime(view: TraceView, servedAt: Nanos): TraceView {
  if (!view.loaded) return view;
  const trace = { ...view.loaded.trace, servedAt };
  const loaded = { ...view.loaded, trace, scale: timeScale(trace) };
  return { ...view, problem: null, loaded, path: view.path === null ? null : pathOf(loaded) };
}

/** Takes in that reading failed; what was read stays. */
export function withProblem(view: TraceView, problem: ProblemError): TraceView {
  return { ...view, problem };
}

/** Takes in that attributes and content could not be searched; null: they can again. */
export function withSearchProblem(view: TraceView, searchProblem: ProblemError | null): TraceView {
  return view.searchProblem === searchProblem ? view : { ...view, searchProblem };
}

/** Sets the filter. */
export function withFilter(view: TraceView, filter: Filter): TraceView {
  return scrolled(derive({ ...view, filter }));
}

/** Sets the query of the search; an empty one ends the filter by hits. */
export function withQuery(view: TraceView, query: string): TraceView {
  const filter = query === "" ? { ...view.filter, onlyHits: false } : view.filter;
  const found = view.found?.query === query ? view.found : null;
  return derive({ ...view, query, filter, found });
}

/** Takes in what the server found, if the query is still the same. */
export function withFound(view: TraceView, found: SearchResult): TraceView {
  return found.query === view.query ? derive({ ...view, found }) : view;
}

/** Sets by what siblings are sorted. */
export function withSort(view: TraceView, sort: Sort | null): TraceView {
  return sort === view.sort ? view : scrolled(derive({ ...view, sort }));
}

/** Sets the visible part of the time axis; ends following the newest span. */
export function withZoom(view: TraceView, zoom: Range | null): TraceView {
  const length = view.loaded?.scale.length ?? Infinity;
  return { ...view, zoom: zoom && asZoom(zoom, length), isFollowing: false };
}

/** Shows or hides the critical path. */
export function withPathShown(view: TraceView, isShown: boolean): TraceView {
  if (!isShown) return { ...view, path: null };
  return { ...view, path: view.loaded ? pathOf(view.loaded) : [] };
}

/** Selects a span or group for the reader: unfolds what hides it, and ends following. */
export function withSelection(view: TraceView, key: string): TraceView {
  const { index } = view.loaded ?? {};
  if (isGroupKey(key)) return { ...scrolled(view), selected: key, isFollowing: false };
  const position = index?.positionOf.get(key);
  if (!index || position === undefined) return view;
  const selected = index.rows[lineFor(index, position)]?.spanId ?? key;
  return reveal({ ...view, selected, isFollowing: false });
}

function withFold(view: TraceView, folded: ReadonlySet<string>): TraceView {
  const next = derive({ ...view, folded, isFoldChosen: true });
  return { ...next, selected: nearestVisible(next), isFollowing: false };
}

/** Sets which spans are folded and which groups are open. */
export function withFoldAndGroups(
  view: TraceView,
  folded: ReadonlySet<string>,
  openGroups: ReadonlySet<string>,
): TraceView {
  return withFold({ ...view, openGroups }, folded);
}

/** Opens or closes a span or a group of siblings. */
export function toggled(view: TraceView, key: string): TraceView {
  const set = new Set(isGroupKey(key) ? view.openGroups : view.folded);
  if (!set.delete(key)) set.add(key);
  return isGroupKey(key) ? withFoldAndGroups(view, view.folded, set) : withFold(view, set);
}

function defaultSelection(view: TraceView, loaded: LoadedTrace): string | null {
  const { index, trace } = loaded;
  if (isGroupKey(view.selected) && loaded.siblings.byKey.has(view.selected ?? "")) {
    return view.selected;
  }
  const known = view.selected === null ? undefined : index.positionOf.get(view.selected);
  const isKnown = known !== undefined;
  if (isKnown && !view.isFollowing) return index.rows[lineFor(index, known)]?.spanId ?? null;
  const { status } = trace.execution;
  const first = index.rows[0]?.spanId ?? null;
  if (status === "failed" || status === "lost") {
    return deepestFailingSpan(index, trace.execution) ?? first;
  }
  if (isUnfinished(trace.execution)) return newestRunningSpan(index) ?? view.selected ?? first;
  return isKnown ? view.selected : first;
}

function pathOf({ index, scale, trace }: LoadedTrace): readonly PathStep[] {
  return criticalPath(index, scale, trace.servedAt);
}
