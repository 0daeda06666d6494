import { describe, expect, it } from "vitest";
import { NO_FILTER } from "../model/list/filter";
import {
  createUrlPlaces,
  EMPTY_TRACE_PLACE,
  formatPlace,
  parsePlace,
  type CanvasPlace,
} from "./place";

const PLACE: CanvasPlace = {
  workflowId: "support-triage",
  executionId: "exec-1",
  otherId: null,
  tab: "trace",
  spanId: "00f067aa0ba902b7",
  query: "GET orders & more",
  filter: { shown: "errors", hue: "http", status: "error", nodeId: "book", onlyHits: true },
  zoom: { from: 1_200_000, to: 3_400_000 },
  isPathShown: true,
  isGraphShown: false,
};

describe("the URL", () => {
  it("holds the whole place", () => {
    const url = formatPlace(PLACE);
    expect(url).toBe(
      "?workflow=support-triage&execution=exec-1&span=00f067aa0ba902b7&q=GET+orders+%26+more&show=errors&kind=http&status=error&node=book&hits=&zoom=1200000-3400000&path=",
    );
    expect(parsePlace(url)).toEqual(PLACE);
  });

  it("takes nonsense for nothing", () => {
    const place = parsePlace("?execution=e&show=x&kind=y&status=z&zoom=9-3");
    expect(place.filter).toEqual(NO_FILTER);
    expect(place.zoom).toBeNull();
  });

  it("is empty at home", () => {
    expect(formatPlace(parsePlace(""))).toBe("");
  });

  it("opens the trace of an execution unless it says otherwise", () => {
    expect(parsePlace("?execution=e").tab).toBe("trace");
    expect(parsePlace("?execution=e&tab=history").tab).toBe("history");
    expect(parsePlace("?workflow=w").tab).toBe("workflow");
    expect(parsePlace("?tab=nonsense").tab).toBe("workflow");
  });
});

function fakeWindow(search: string) {
  const visited: string[] = [];
  const listeners: (() => void)[] = [];
  const location = { pathname: "/", search, origin: "https://canvas.example", href: "" };
  const go =
    (sign: string) =>
    (_state: unknown, _title: string, url: string): void => {
      visited.push(sign + url);
      location.search = url.slice(1);
    };
  const window = {
    location,
    history: { pushState: go("push "), replaceState: go("replace ") },
    addEventListener: (_type: string, listener: () => void) => listeners.push(listener),
  };
  return { window: window as unknown as Window, visited, location, listeners };
}

describe("createUrlPlaces", () => {
  it("makes a step of history for another page, none for moving through a trace", () => {
    const { window, visited } = fakeWindow("?workflow=w");
    const places = createUrlPlaces(window);
    places.push({ executionId: "e", tab: "trace" });
    places.trace.replace({ ...EMPTY_TRACE_PLACE, spanId: "s" });
    expect(visited).toEqual([
      "push /?workflow=w&execution=e",
      "replace /?workflow=w&execution=e&span=s",
    ]);
  });

  it("forgets span, query and filter with the execution they belong to", () => {
    const { window } = fakeWindow(formatPlace(PLACE));
    const places = createUrlPlaces(window);
    expect(places.href({ tab: "history" })).toContain("span=00f067aa0ba902b7");
    expect(places.href({ executionId: "other" })).toBe("/?workflow=support-triage&execution=other");
  });

  it("follows the browser's back button", () => {
    const { window, location, listeners } = fakeWindow("?workflow=w");
    const places = createUrlPlaces(window);
    location.search = "?workflow=before";
    for (const listener of listeners) listener();
    expect(places.get().workflowId).toBe("before");
  });

  it("gives a whole link to a span", () => {
    const places = createUrlPlaces(fakeWindow("?workflow=w&execution=e").window);
    expect(places.trace.permalink({ ...EMPTY_TRACE_PLACE, spanId: "s" })).toBe(
      "https://canvas.example/?workflow=w&execution=e&span=s",
    );
  });
});
