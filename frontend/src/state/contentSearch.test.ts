import { expect, it } from "vitest";
import type { SearchResult, TraceSource } from "../model/source";
import { fakeTimer, settled } from "../testing/fakeTimer";
import { changed, fakeSource } from "../testing/fakeSource";
import { makeTrace, outline } from "../testing/make";
import { createContentSearch } from "./contentSearch";
import { createMemoryPlaces } from "./place";
import { createTraceStore } from "./traceStore";

function result(query: string, ...spanIds: string[]): SearchResult {
  const hits = spanIds.map((spanId) => ({ spanId, where: ["content" as const] }));
  return { query, hits, isComplete: true, contentAccess: "granted" };
}

function searching(): { source: TraceSource; asked: string[] } {
  const asked: string[] = [];
  const searchTrace = (_id: string, query: string): Promise<SearchResult> => {
    asked.push(query);
    return Promise.resolve(result(query, "c"));
  };
  return { source: { ...fakeSource(), searchTrace }, asked };
}

it("asks once the reader pauses, and not for a letter or two", async () => {
  const { source, asked } = searching();
  const timer = fakeTimer();
  const found: string[] = [];
  const search = createContentSearch(source, "e", timer, ({ query }) => found.push(query));
  search.ask("pa");
  expect(timer.waits()).toEqual([]);
  search.ask("par");
  search.ask("parcel");
  expect(timer.waits()).toHaveLength(1);
  await timer.fire();
  expect([asked, found]).toEqual([["parcel"], ["parcel"]]);
});

it("searches rows alone where the source cannot do more", () => {
  const timer = fakeTimer();
  createContentSearch(fakeSource(), "e", timer, () => undefined).ask("parcel");
  expect(timer.waits()).toEqual([]);
});

//  a
//    b
//    c
it("adds what the server found to the hits, unless another query stands there by then", async () => {
  const { source } = searching();
  const timer = fakeTimer();
  const rows = outline("a\n  b\n  c");
  const first = fakeSource(changed(makeTrace(rows)));
  const store = createTraceStore(
    { ...first, searchTrace: source.searchTrace?.bind(source) },
    "e",
    createMemoryPlaces(),
    timer,
  );
  store.start();
  await settled();
  store.search("parcel");
  expect(store.get().hits).toEqual([]);
  await timer.fire();
  expect(store.get().hits).toEqual([2]);
  store.search("parcels");
  expect(store.get().hits).toEqual([]);
});
