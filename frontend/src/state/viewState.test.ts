import { describe, expect, it } from "vitest";
import { NO_FILTER } from "../model/list/filter";
import {
  createHostViewStore,
  createUrlPageStore,
  EMPTY_VIEW_STATE,
  formatPageState,
  parsePageState,
  type PageState,
} from "./viewState";

const STATE: PageState = {
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
  it("holds the whole state", () => {
    const url = formatPageState(STATE);
    expect(url).toBe(
      "?workflow=support-triage&execution=exec-1&span=00f067aa0ba902b7&q=GET+orders+%26+more&show=errors&kind=http&status=error&node=book&hits=&zoom=1200000-3400000&path=",
    );
    expect(parsePageState(url)).toEqual(STATE);
  });

  it("ignores values that are not valid", () => {
    const state = parsePageState("?execution=e&show=x&kind=y&status=z&zoom=9-3");
    expect(state.filter).toEqual(NO_FILTER);
    expect(state.zoom).toBeNull();
  });

  it("is empty at home", () => {
    expect(formatPageState(parsePageState(""))).toBe("");
  });

  it("opens the trace of an execution unless it says otherwise", () => {
    expect(parsePageState("?execution=e").tab).toBe("trace");
    expect(parsePageState("?execution=e&tab=history").tab).toBe("history");
    expect(parsePageState("?workflow=w").tab).toBe("workflow");
    expect(parsePageState("?tab=nonsense").tab).toBe("workflow");
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

describe("createUrlPageStore", () => {
  it("makes a step of history for another page, none for moving through a trace", () => {
    const { window, visited } = fakeWindow("?workflow=w");
    const store = createUrlPageStore(window);
    store.push({ executionId: "e", tab: "trace" });
    store.trace.replace({ ...EMPTY_VIEW_STATE, spanId: "s" });
    expect(visited).toEqual([
      "push /?workflow=w&execution=e",
      "replace /?workflow=w&execution=e&span=s",
    ]);
  });

  it("forgets span, query and filter with the execution they belong to", () => {
    const { window } = fakeWindow(formatPageState(STATE));
    const store = createUrlPageStore(window);
    expect(store.href({ tab: "history" })).toContain("span=00f067aa0ba902b7");
    expect(store.href({ executionId: "other" })).toBe("/?workflow=support-triage&execution=other");
  });

  it("follows the browser's back button", () => {
    const { window, location, listeners } = fakeWindow("?workflow=w");
    const store = createUrlPageStore(window);
    location.search = "?workflow=before";
    for (const listener of listeners) listener();
    expect(store.get().workflowId).toBe("before");
  });

  it("gives a whole link to a span", () => {
    const store = createUrlPageStore(fakeWindow("?workflow=w&execution=e").window);
    expect(store.trace.permalink({ ...EMPTY_VIEW_STATE, spanId: "s" })).toBe(
      "https://canvas.example/?workflow=w&execution=e&span=s",
    );
  });
});

it("gives the host a text for its URL, and reads it back", () => {
  const told: string[] = [];
  const store = createHostViewStore(
    "",
    (text) => told.push(text),
    (text) => `https://host.example/#${text}`,
  );
  expect(store.get()).toMatchObject(EMPTY_VIEW_STATE);
  store.replace({ ...EMPTY_VIEW_STATE, spanId: "a", query: "late fee" });
  expect(told).toEqual(["span=a&q=late+fee"]);
  expect(store.permalink(store.get())).toBe("https://host.example/#span=a&q=late+fee");
  store.goTo("span=b");
  expect(store.get()).toMatchObject({ spanId: "b", query: "" });
  expect(told).toHaveLength(1);
});
