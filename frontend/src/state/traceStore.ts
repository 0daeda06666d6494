/**
 * The state of one Trace tab: what was read, what is selected, folded, filtered and searched.
 *
 * Not responsible for drawing, nor for the address bar: it tells `places` where the reader is.
 */

import type { Shown } from "../model/filter";
import type { TraceSource } from "../model/source";
import type { TracePlace, TracePlaces } from "./place";
import { createStore, type Readable } from "./store";
import { browserTimer, createTraceReader, type Timer } from "./traceReader";
import { foldable, movedBy, movedIn, movedOut, movedToFailure, movedToHit } from "./traceMoves";
import {
  openView,
  toggled,
  withFold,
  withProblem,
  withQuery,
  withSelection,
  withServerTime,
  withShown,
  withTrace,
  type TraceView,
} from "./traceView";

export interface TraceStore extends Readable<TraceView> {
  /** Reads until `stop`; call again to retry. */
  readonly start: () => void;
  readonly stop: () => void;
  readonly select: (spanId: string) => void;
  readonly toggle: (spanId: string) => void;
  readonly foldAll: () => void;
  readonly unfoldAll: () => void;
  readonly show: (shown: Shown) => void;
  readonly search: (query: string) => void;
  readonly moveBy: (step: number) => void;
  readonly moveIn: () => void;
  readonly moveOut: () => void;
  readonly nextHit: (direction: 1 | -1) => void;
  readonly nextFailure: (direction: 1 | -1) => void;
  readonly permalink: () => string;
  /** Takes over a place that somebody else chose: the browser's back button, the host. */
  readonly adopt: (place: TracePlace) => void;
}

export function createTraceStore(
  source: TraceSource,
  executionId: string,
  places: TracePlaces,
  timer: Timer = browserTimer,
): TraceStore {
  const store = createStore<TraceView>(openView(places.get()));

  const update = (step: (view: TraceView) => TraceView): void => store.set(step(store.get()));

  /** A step of the reader's own: the place follows it. */
  const act = (step: (view: TraceView) => TraceView): void => {
    store.set(step(store.get()));
    const place = placeOf(store.get());
    if (!isSamePlace(places.get(), place)) places.replace(place);
  };

  const reader = createTraceReader(
    source,
    executionId,
    {
      onReading: (reading) =>
        update((view) =>
          reading.kind === "changed"
            ? withTrace(view, reading.trace)
            : withServerTime(view, reading.servedAt),
        ),
      onProblem: (problem) => update((view) => withProblem(view, problem)),
    },
    timer,
  );

  return {
    get: store.get,
    subscribe: store.subscribe,
    start: reader.start,
    stop: reader.stop,
    select: (spanId) => act((view) => withSelection(view, spanId)),
    toggle: (spanId) => act((view) => toggled(view, spanId)),
    foldAll: () =>
      act((view) => (view.loaded ? withFold(view, foldable(view.loaded.index)) : view)),
    unfoldAll: () => act((view) => withFold(view, new Set())),
    show: (shown) => act((view) => withShown(view, shown)),
    search: (query) => act((view) => withQuery(view, query)),
    moveBy: (step) => act((view) => movedBy(view, step)),
    moveIn: () => act(movedIn),
    moveOut: () => act(movedOut),
    nextHit: (direction) => act((view) => movedToHit(view, direction)),
    nextFailure: (direction) => act((view) => movedToFailure(view, direction)),
    permalink: () => places.permalink({ ...placeOf(store.get()), spanId: store.get().selected }),
    adopt: (place) =>
      update((view) => {
        if (isSamePlace(placeOf(view), place)) return view;
        const next = withQuery(withShown(view, place.shown), place.query);
        return place.spanId === null ? next : withSelection(next, place.spanId);
      }),
  };
}

/** A selection that the tab made by itself does not belong in the URL. */
function placeOf(view: TraceView): TracePlace {
  return {
    spanId: view.isFollowing ? null : view.selected,
    query: view.query,
    shown: view.shown,
  };
}

function isSamePlace(a: TracePlace, b: TracePlace): boolean {
  return a.spanId === b.spanId && a.query === b.query && a.shown === b.shown;
}
