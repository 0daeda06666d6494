/** What the tab shows at a moment, and the pure steps from one such moment to the next. */

import { deepestFailingSpan, newestRunningSpan } from "../model/failingSpan";
import { findHits, type Shown } from "../model/filter";
import { isUnfinished } from "../model/execution";
import type { ProblemError } from "../model/problem";
import type { Nanos } from "../model/time";
import type { Row, Trace } from "../model/trace";
import { ancestors, indexTrace, lineFor, type TraceIndex } from "../model/traceIndex";
import { verdict, type Verdict } from "../model/verdict";
import { initialFold, visibleRows, type Line } from "../model/visibleRows";
import type { TracePlace } from "./place";

/** What is known of a trace once it has been read. */
export interface LoadedTrace {
  readonly trace: Trace;
  readonly index: TraceIndex;
  readonly verdict: Verdict;
}

export interface TraceView {
  readonly loaded: LoadedTrace | null;
  /** Why the last read failed; with a loaded trace, what is shown may be out of date. */
  readonly problem: ProblemError | null;
  readonly selected: string | null;
  /** Nobody has chosen a span yet: a live trace may move the selection to its newest. */
  readonly isFollowing: boolean;
  readonly folded: ReadonlySet<string>;
  readonly shown: Shown;
  readonly query: string;
  /** Positions of the rows that the query names. */
  readonly hits: readonly number[];
  readonly lines: readonly Line[];
  /** Rises each time the selected line must be brought into view. */
  readonly revealSerial: number;
}

export function openView(place: TracePlace): TraceView {
  return {
    loaded: null,
    problem: null,
    selected: place.spanId,
    isFollowing: place.spanId === null,
    folded: new Set(),
    shown: place.shown,
    query: place.query,
    hits: [],
    lines: [],
    revealSerial: 0,
  };
}

export function withTrace(view: TraceView, trace: Trace): TraceView {
  const before = view.loaded;
  const index = indexTrace(trace.rows);
  const loaded = { trace, index, verdict: verdict(trace, index) };
  const wanted = defaultSelection(view, loaded);
  const isFirst = before === null || before.trace.rows.length === 0;
  const folded = isFirst ? initialFold(index, pathTo(index, wanted)) : view.folded;
  const next = derive({ ...view, loaded, folded, problem: null, selected: wanted });
  return wanted !== null && (isFirst || wanted !== view.selected) ? reveal(next) : next;
}

/** Nothing is new but the clock: running spans grow. */
export function withServerTime(view: TraceView, servedAt: Nanos): TraceView {
  if (!view.loaded) return view;
  const trace = { ...view.loaded.trace, servedAt };
  return { ...view, problem: null, loaded: { ...view.loaded, trace } };
}

export function withProblem(view: TraceView, problem: ProblemError): TraceView {
  return { ...view, problem };
}

export function withShown(view: TraceView, shown: Shown): TraceView {
  return scrolled(derive({ ...view, shown }));
}

export function withQuery(view: TraceView, query: string): TraceView {
  return derive({ ...view, query });
}

/** A choice of the reader's: opens what hides the span and stops following. */
export function withSelection(view: TraceView, spanId: string): TraceView {
  const { index } = view.loaded ?? {};
  const position = index?.positionOf.get(spanId);
  if (!index || position === undefined) return view;
  const selected = index.rows[lineFor(index, position)]?.spanId ?? spanId;
  return reveal({ ...view, selected, isFollowing: false });
}

export function withFold(view: TraceView, folded: ReadonlySet<string>): TraceView {
  const next = derive({ ...view, folded });
  return { ...next, selected: nearestVisible(next), isFollowing: false };
}

export function toggled(view: TraceView, spanId: string): TraceView {
  const folded = new Set(view.folded);
  if (!folded.delete(spanId)) folded.add(spanId);
  return withFold(view, folded);
}

export function selectedPosition(view: TraceView): number | null {
  if (!view.loaded || view.selected === null) return null;
  return view.loaded.index.positionOf.get(view.selected) ?? null;
}

export function selectedRow(view: TraceView): Row | null {
  const position = selectedPosition(view);
  return position === null ? null : (view.loaded?.index.rows[position] ?? null);
}

export function lineOfSelection(view: TraceView): number {
  return view.lines.findIndex((line) => line.key === view.selected);
}

function defaultSelection(view: TraceView, loaded: LoadedTrace): string | null {
  const { index, trace } = loaded;
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

function pathTo(index: TraceIndex, spanId: string | null): Set<string> {
  const path = new Set<string>();
  const position = spanId === null ? undefined : index.positionOf.get(spanId);
  if (position === undefined) return path;
  for (const above of ancestors(index, position)) {
    const row = index.rows[above];
    if (row) path.add(row.spanId);
  }
  return path;
}

/** Unfolds what is above the selected span; drops a filter that hides it. */
function reveal(view: TraceView): TraceView {
  if (!view.loaded) return view;
  const path = pathTo(view.loaded.index, view.selected);
  const folded = new Set([...view.folded].filter((spanId) => !path.has(spanId)));
  let next = folded.size === view.folded.size ? view : derive({ ...view, folded });
  if (next.shown !== "all" && lineOfSelection(next) < 0) next = derive({ ...next, shown: "all" });
  return scrolled(next);
}

function scrolled(view: TraceView): TraceView {
  return { ...view, revealSerial: view.revealSerial + 1 };
}

/** The selected span, or what it was folded into. */
function nearestVisible(view: TraceView): string | null {
  const position = selectedPosition(view);
  if (position === null || !view.loaded || lineOfSelection(view) >= 0) return view.selected;
  const visible = new Set(view.lines.map((line) => line.key));
  for (const above of ancestors(view.loaded.index, position)) {
    const spanId = view.loaded.index.rows[above]?.spanId;
    if (spanId !== undefined && visible.has(spanId)) return spanId;
  }
  return view.selected;
}

function derive(view: TraceView): TraceView {
  if (!view.loaded) return view;
  const { trace, index } = view.loaded;
  const { missing } = trace.execution.completeness;
  return {
    ...view,
    hits: findHits(index.rows, view.query).filter((hit) => index.isPassedOver[hit] === 0),
    lines: visibleRows(index, view.folded, view.shown, missing),
  };
}
