/**
 * The view state: what is selected, searched, filtered and zoomed. All of it is in the URL, so a link opens the same
 * view.
 */

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

/** The view state of the Trace tab. */
export interface ViewState {
  readonly spanId: string | null;
  readonly query: string;
  readonly filter: Filter;
  /** The visible part of the time axis; null for all of it. */
  readonly zoom: Range | null;
  readonly isPathShown: boolean;
  readonly isGraphShown: boolean;
}

export const TABS = ["workflow", "history", "trace"] as const;
export type Tab = (typeof TABS)[number];

/** The view state of the page: which workflow, execution and tab are open, and the state of the Trace tab. */
export interface PageState extends ViewState {
  readonly workflowId: string | null;
  readonly executionId: string | null;
  /** The run that the execution is compared with. */
  readonly otherId: string | null;
  readonly tab: Tab;
}

export const EMPTY_VIEW_STATE: ViewState = {
  spanId: null,
  query: "",
  filter: NO_FILTER,
  zoom: null,
  isPathShown: false,
  isGraphShown: false,
};

/** Says whether two view states are equal. */
export function isSameViewState(a: ViewState, b: ViewState): boolean {
  return (
    a.spanId === b.spanId &&
    a.query === b.query &&
    a.isPathShown === b.isPathShown &&
    a.isGraphShown === b.isGraphShown &&
    isSameFilter(a.filter, b.filter) &&
    isSameRange(a.zoom, b.zoom)
  );
}

/** Keeps the view state of the Trace tab; each host of the tab brings one. */
export interface ViewStateStore extends Readable<ViewState> {
  /** Replaces the view state without a new entry in the browser's history. */
  readonly replace: (viewState: ViewState) => void;
  /** Returns a link that opens this view state; the key `y` copies it. */
  readonly permalink: (viewState: ViewState) => string;
}

/** Keeps the view state of the page; a push is a new entry in the browser's history. */
export interface PageStateStore extends Readable<PageState> {
  readonly push: (change: Partial<PageState>) => void;
  readonly href: (change: Partial<PageState>) => string;
  readonly trace: ViewStateStore;
}

/** Reads the page state from the query of a URL; values that are not valid are ignored. */
export function parsePageState(search: string): PageState {
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

/** Returns the shortest query that `parsePageState` reads back as the same pageState. */
export function formatPageState(pageState: PageState): string {
  const parameters = new URLSearchParams();
  if (pageState.workflowId !== null) parameters.set("workflow", pageState.workflowId);
  const usualTab: Tab = pageState.executionId === null ? "workflow" : "trace";
  if (pageState.tab !== usualTab) parameters.set("tab", pageState.tab);
  if (pageState.executionId !== null) parameters.set("execution", pageState.executionId);
  if (pageState.otherId !== null) parameters.set("with", pageState.otherId);
  if (pageState.spanId !== null) parameters.set("span", pageState.spanId);
  if (pageState.query !== "") parameters.set("q", pageState.query);
  const { shown, hue, status, nodeId, onlyHits } = pageState.filter;
  if (shown !== "all") parameters.set("show", shown);
  if (hue !== null) parameters.set("kind", hue);
  if (status !== null) parameters.set("status", status);
  if (nodeId !== null) parameters.set("node", nodeId);
  if (onlyHits) parameters.set("hits", "");
  if (pageState.zoom !== null) parameters.set("zoom", formatZoom(pageState.zoom));
  if (pageState.isPathShown) parameters.set("path", "");
  if (pageState.isGraphShown) parameters.set("graph", "");
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** Creates the store whose state is the page's URL. Opening another execution resets the Trace tab's part. */
export function createUrlPageStore(window: Window): PageStateStore {
  const store = createStore(parsePageState(window.location.search));
  window.addEventListener("popstate", () => store.set(parsePageState(window.location.search)));

  const url = (pageState: PageState): string =>
    `${window.location.pathname}${formatPageState(pageState)}`;
  const next = (change: Partial<PageState>): PageState => {
    const current = store.get();
    const isSameTrace =
      change.executionId === undefined || change.executionId === current.executionId;
    return {
      ...current,
      ...(isSameTrace ? {} : { ...EMPTY_VIEW_STATE, otherId: null }),
      ...change,
    };
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    href: (change) => url(next(change)),
    push: (change) => {
      const pageState = next(change);
      window.history.pushState(null, "", url(pageState));
      store.set(pageState);
    },
    trace: {
      get: store.get,
      subscribe: store.subscribe,
      replace: (change) => {
        const pageState = { ...store.get(), ...change };
        window.history.replaceState(null, "", url(pageState));
        store.set(pageState);
      },
      permalink: (change) => window.location.origin + url({ ...store.get(), ...change }),
    },
  };
}

/** Creates a store in memory, for hosts that do not put the view state in their URL. */
export function createMemoryViewStore(initial: ViewState = EMPTY_VIEW_STATE): ViewStateStore {
  const store = createStore(initial);
  return {
    get: store.get,
    subscribe: store.subscribe,
    replace: store.set,
    permalink: () => window.location.href,
  };
}

/** Returns the view state as the part of a URL after its `?`; empty for the initial state. */
export function viewStateText(viewState: ViewState): string {
  return formatPageState({ ...parsePageState(""), ...viewState }).slice(1);
}

/** A view state that the host keeps where it likes: in its router, its store, its part of the URL. */
export interface HostViewStateStore extends ViewStateStore {
  /** Tells the tab that the host's URL has changed: by its back button, or by a link of its own. */
  readonly goTo: (text: string) => void;
}

/** Creates the store of a host. `onMove` gets the text of each new state; `linkTo` makes what `y` copies of it. */
export function createHostViewStore(
  text: string,
  onMove: (text: string) => void,
  linkTo: (text: string) => string = () => window.location.href,
): HostViewStateStore {
  const store = createStore<ViewState>(parsePageState(text));
  return {
    get: store.get,
    subscribe: store.subscribe,
    replace: (viewState) => {
      store.set(viewState);
      onMove(viewStateText(viewState));
    },
    permalink: (viewState) => linkTo(viewStateText(viewState)),
    goTo: (wanted) => {
      if (wanted !== viewStateText(store.get())) store.set(parsePageState(wanted));
    },
  };
}
