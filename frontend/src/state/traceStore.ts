/**
 * The state of one Trace tab: what was read, what is selected, folded, filtered, searched and zoomed.
 *
 * It does not draw, and does not touch the URL: it writes the view state to `viewStore`.
 */

import { runToEnd, runInSlices } from "../model/scheduler";
import type { Filter } from "../model/list/filter";
import type { TraceSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";
import { isUnfinished } from "../model/trace/execution";
import type { Sort } from "../model/list/sortLines";
import { pannedBy, seenRange, zoomedBy, zoomTo, type Range } from "../model/time/zoom";
import { createContentSearch } from "./contentSearch";
import { isSameViewState, type ViewState, type ViewStateStore } from "./viewState";
import { createStore, type Readable } from "./store";
import { loadingSteps } from "./loading";
import { browserTimer, type Timer } from "./polling";
import { createTraceReader } from "./traceReader";
import {
  foldable,
  movedBy,
  movedIn,
  movedOut,
  movedToFailure,
  movedToHit,
  rangeOfSelection,
} from "./traceMoves";
import {
  toggled,
  withFilter,
  withFoldAndGroups,
  withFound,
  withPathShown,
  withProblem,
  withQuery,
  withSearchProblem,
  withSelection,
  withServerTime,
  withSort,
  withLoaded,
  withZoom,
} from "./traceSteps";
import { openView, type TraceView } from "./traceView";

/** Up to this many rows are processed without a break, within a frame or two. */
const ROWS_AT_ONCE = 2_000;

export interface TraceStore extends Readable<TraceView> {
  /** Reads until `stop`; call again to retry. */
  readonly start: () => void;
  readonly stop: () => void;
  readonly select: (key: string) => void;
  readonly toggle: (key: string) => void;
  readonly foldAll: () => void;
  readonly unfoldAll: () => void;
  readonly filter: (change: Partial<Filter>) => void;
  readonly search: (query: string) => void;
  /** Searches attributes and content once more, after a problem. */
  readonly searchAgain: () => void;
  /** Sorts siblings by an amount; null: as they ran. */
  readonly sort: (sort: Sort | null) => void;
  readonly moveBy: (step: number) => void;
  readonly moveIn: () => void;
  readonly moveOut: () => void;
  readonly nextHit: (direction: 1 | -1) => void;
  readonly nextFailure: (direction: 1 | -1) => void;
  readonly zoom: (range: Range | null) => void;
  readonly zoomToSelection: () => void;
  /** Closer (factor under 1) or further away; `anchor` is the fraction of the visible part that does not move. */
  readonly zoomBy: (factor: number, anchor?: number) => void;
  /** By a fraction of what is seen. */
  readonly panBy: (fraction: number) => void;
  readonly togglePath: () => void;
  readonly toggleGraph: () => void;
  /** Goes to the newest running span again and stays with it. */
  readonly follow: () => void;
  readonly permalink: () => string;
  /** Takes over a view state that came from outside: the browser's back button, the host. */
  readonly adopt: (viewState: ViewState) => void;
}

/** Creates the store of one Trace tab. It reads nothing until `start`. */
export function createTraceStore(
  source: TraceSource,
  executionId: string,
  viewStore: ViewStateStore,
  timer: Timer = browserTimer,
): TraceStore {
  const store = createStore<TraceView>(openView(viewStore.get()));

  const update = (step: (view: TraceView) => TraceView): void => store.set(step(store.get()));

  /** Applies an action of the reader's, and writes the view state. */
  const act = (step: (view: TraceView) => TraceView): void => {
    store.set(step(store.get()));
    const viewState = viewStateOf(store.get());
    if (!isSameViewState(viewStore.get(), viewState)) viewStore.replace(viewState);
  };

  const contents = createContentSearch(
    source,
    executionId,
    timer,
    (result) => update((view) => withFound(view, result)),
    (problem) => update((view) => withSearchProblem(view, problem)),
  );
  let wanted: Trace | null = null;
  const takeIn = (trace: Trace): Promise<void> | undefined => {
    // While a large trace is loading, the view is updated each time the number of rows has doubled, not for every page.
    const shown = store.get().loaded?.trace.rows.length ?? 0;
    if (trace.rows.length < trace.totalRows && trace.rows.length < 2 * shown) return undefined;
    wanted = trace;
    const steps = loadingSteps(trace, store.get().loaded);
    if (trace.rows.length <= ROWS_AT_ONCE) {
      update((view) => withLoaded(view, runToEnd(steps)));
      return undefined;
    }
    return runInSlices(steps, () => wanted === trace).then((loaded) => {
      if (loaded) update((view) => withLoaded(view, loaded));
    });
  };

  const reader = createTraceReader(
    source,
    executionId,
    {
      onProgress: (soFar) => void takeIn(soFar),
      onReading: (reading) => {
        if (reading.kind === "changed") return takeIn(reading.trace);
        update((view) => withServerTime(view, reading.servedAt));
        return undefined;
      },
      onProblem: (problem) => update((view) => withProblem(view, problem)),
    },
    timer,
  );

  const zoomWith = (step: (seen: Range, length: number) => Range | null): void =>
    act((view) => {
      const length = view.loaded?.scale.length;
      if (length === undefined) return view;
      return withZoom(view, step(seenRange(view.zoom, length), length));
    });

  return {
    get: store.get,
    subscribe: store.subscribe,
    start: () => {
      reader.start();
      contents.ask(store.get().query);
    },
    stop: () => {
      reader.stop();
      contents.stop();
      wanted = null;
    },
    select: (key) => act((view) => withSelection(view, key)),
    toggle: (key) => act((view) => toggled(view, key)),
    foldAll: () =>
      act((view) =>
        view.loaded ? withFoldAndGroups(view, foldable(view.loaded.index), new Set()) : view,
      ),
    unfoldAll: () =>
      act((view) =>
        withFoldAndGroups(view, new Set(), new Set(view.loaded?.siblings.byKey.keys() ?? [])),
      ),
    filter: (change) => act((view) => withFilter(view, { ...view.filter, ...change })),
    search: (query) => {
      act((view) => withQuery(view, query));
      contents.ask(query);
    },
    searchAgain: contents.retry,
    sort: (sort) => update((view) => withSort(view, sort)),
    moveBy: (step) => act((view) => movedBy(view, step)),
    moveIn: () => act(movedIn),
    moveOut: () => act(movedOut),
    nextHit: (direction) => act((view) => movedToHit(view, direction)),
    nextFailure: (direction) => act((view) => movedToFailure(view, direction)),
    zoom: (range) => act((view) => withZoom(view, range)),
    zoomToSelection: () =>
      act((view) => {
        const range = rangeOfSelection(view);
        const length = view.loaded?.scale.length;
        if (!range || length === undefined) return view;
        return withZoom(view, zoomTo(range.from, range.to, length));
      }),
    zoomBy: (factor, anchor) => zoomWith((seen, length) => zoomedBy(seen, length, factor, anchor)),
    panBy: (fraction) => zoomWith((seen, length) => pannedBy(seen, length, fraction)),
    togglePath: () => act((view) => withPathShown(view, view.path === null)),
    toggleGraph: () => act((view) => ({ ...view, isGraphShown: !view.isGraphShown })),
    follow: () =>
      act((view) => {
        if (!view.loaded || !isUnfinished(view.loaded.trace.execution)) return view;
        return withLoaded({ ...view, isFollowing: true }, view.loaded);
      }),
    permalink: () =>
      viewStore.permalink({ ...viewStateOf(store.get()), spanId: store.get().selected }),
    adopt: (viewState) => {
      const { query } = store.get();
      update((view) => adopted(view, viewState));
      if (viewState.query !== query) contents.ask(viewState.query);
    },
  };
}

function adopted(view: TraceView, viewState: ViewState): TraceView {
  if (isSameViewState(viewStateOf(view), viewState)) return view;
  let next = withQuery(view, viewState.query);
  next = withFilter(next, viewState.filter);
  next = { ...next, zoom: viewState.zoom, isGraphShown: viewState.isGraphShown };
  next = withPathShown(next, viewState.isPathShown);
  return viewState.spanId === null ? next : withSelection(next, viewState.spanId);
}

/** Returns the view state. A selection that the tab made by itself is not part of it. */
function viewStateOf(view: TraceView): ViewState {
  return {
    spanId: view.isFollowing ? null : view.selected,
    query: view.query,
    filter: view.filter,
    zoom: view.zoom,
    isPathShown: view.path !== null,
    isGraphShown: view.isGraphShown,
  };
}
