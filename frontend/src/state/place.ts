/** Where the reader is: all of it stands in the URL, so that a link shows what its sender saw. */

import {
  asHue,
  asRowStatus,
  asShown,
  isSameFilter,
  NO_FILTER,
  type Filter,
} from "../model/list/filter";
import { formatZoom, isSameRange, parseZoom, type Range } from "../model/time/zoom";
import { createStore, type Readable } from "./store";

/** The part of the place that belongs to the Trace tab. */
export interface TracePlace {
  readonly spanId: string | null;
  readonly query: string;
  readonly filter: Filter;
  /** The part of the time axis that is seen; null for all of it. */
  readonly zoom: Range | null;
  readonly isPathShown: boolean;
  readonly isGraphShown: boolean;
}

export const TABS = ["workflow", "history", "trace"] as const;
export type Tab = (typeof TABS)[number];

export interface CanvasPlace extends TracePlace {
  readonly workflowId: string | null;
  readonly executionId: string | null;
  /** The run that the execution is compared with. */
  readonly otherId: string | null;
  readonly tab: Tab;
}

export const EMPTY_TRACE_PLACE: TracePlace = {
  spanId: null,
  query: "",
  filter: NO_FILTER,
  zoom: null,
  isPathShown: false,
  isGraphShown: false,
};

export function isSameTracePlace(a: TracePlace, b: TracePlace): boolean {
  return (
    a.spanId === b.spanId &&
    a.query === b.query &&
    a.isPathShown === b.isPathShown &&
    a.isGraphShown === b.isGraphShown &&
    isSameFilter(a.filter, b.filter) &&
    isSameRange(a.zoom, b.zoom)
  );
}

/** What the tab asks of its host about places. */
export interface TracePlaces extends Readable<TracePlace> {
  /** Replaces the current place: moving through a trace is not a step of the browser's history. */
  readonly replace: (place: TracePlace) => void;
  /** A link to the place, for `y`. */
  readonly permalink: (place: TracePlace) => string;
}

export interface CanvasPlaces extends Readable<CanvasPlace> {
  readonly push: (place: Partial<CanvasPlace>) => void;
  readonly href: (place: Partial<CanvasPlace>) => string;
  readonly trace: TracePlaces;
}

export function parsePlace(search: string): CanvasPlace {
  const parameters = new URLSearchParams(search);
  const executionId = parameters.get("execution");
  const tab = TABS.find((candidate) => candidate === parameters.get("tab"));
  return {
    workflowId: parameters.get("workflow"),
    executionId,
    otherId: parameters.get("with"),
    tab: tab ?? (executionId === null ? "workflow" : "trace"),
    spanId: parameters.get("span"),
    query: parameters.get("q") ?? "",
    filter: {
      shown: asShown(parameters.get("show")),
      hue: asHue(parameters.get("kind")),
      status: asRowStatus(parameters.get("status")),
      nodeId: parameters.get("node"),
      onlyHits: parameters.has("hits"),
    },
    zoom: parseZoom(parameters.get("zoom")),
    isPathShown: parameters.has("path"),
    isGraphShown: parameters.has("graph"),
  };
}

/** The shortest query that `parsePlace` reads back as the same place. */
export function formatPlace(place: CanvasPlace): string {
  const parameters = new URLSearchParams();
  if (place.workflowId !== null) parameters.set("workflow", place.workflowId);
  const usualTab: Tab = place.executionId === null ? "workflow" : "trace";
  if (place.tab !== usualTab) parameters.set("tab", place.tab);
  if (place.executionId !== null) parameters.set("execution", place.executionId);
  if (place.otherId !== null) parameters.set("with", place.otherId);
  if (place.spanId !== null) parameters.set("span", place.spanId);
  if (place.query !== "") parameters.set("q", place.query);
  const { shown, hue, status, nodeId, onlyHits } = place.filter;
  if (shown !== "all") parameters.set("show", shown);
  if (hue !== null) parameters.set("kind", hue);
  if (status !== null) parameters.set("status", status);
  if (nodeId !== null) parameters.set("node", nodeId);
  if (onlyHits) parameters.set("hits", "");
  if (place.zoom !== null) parameters.set("zoom", formatZoom(place.zoom));
  if (place.isPathShown) parameters.set("path", "");
  if (place.isGraphShown) parameters.set("graph", "");
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** The place in the address bar. Leaving an execution forgets what was selected in it. */
export function createUrlPlaces(window: Window): CanvasPlaces {
  const store = createStore(parsePlace(window.location.search));
  window.addEventListener("popstate", () => store.set(parsePlace(window.location.search)));

  const url = (place: CanvasPlace): string => `${window.location.pathname}${formatPlace(place)}`;
  const next = (change: Partial<CanvasPlace>): CanvasPlace => {
    const current = store.get();
    const isSameTrace =
      change.executionId === undefined || change.executionId === current.executionId;
    return {
      ...current,
      ...(isSameTrace ? {} : { ...EMPTY_TRACE_PLACE, otherId: null }),
      ...change,
    };
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    href: (change) => url(next(change)),
    push: (change) => {
      const place = next(change);
      window.history.pushState(null, "", url(place));
      store.set(place);
    },
    trace: {
      get: store.get,
      subscribe: store.subscribe,
      replace: (change) => {
        const place = { ...store.get(), ...change };
        window.history.replaceState(null, "", url(place));
        store.set(place);
      },
      permalink: (change) => window.location.origin + url({ ...store.get(), ...change }),
    },
  };
}

/** A place that no address bar shows: for hosts that keep their URL to themselves. */
export function createMemoryPlaces(initial: TracePlace = EMPTY_TRACE_PLACE): TracePlaces {
  const store = createStore(initial);
  return {
    get: store.get,
    subscribe: store.subscribe,
    replace: store.set,
    permalink: () => window.location.href,
  };
}
