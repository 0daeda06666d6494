import { expect, it } from "vitest";
import { ProblemError } from "../model/problem";
import type { SearchResult, TraceSource } from "../model/trace/source";
import { fakeTimer, settled } from "../testing/fakeTimer";
import { changed, fakeSource } from "../testing/fakeSource";
import { makeTrace, outline } from "../testing/make";
import { createContentSearch } from "./contentSearch";
import { createMemoryViewStore } from "./viewState";
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
  const search = createContentSearch(
    source,
    "e",
    timer,
    ({ query }) => found.push(query),
    () => undefined,
  );
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
  createContentSearch(
    fakeSource(),
    "e",
    timer,
    () => undefined,
    () => undefined,
  ).ask("parcel");
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
    createMemoryViewStore(),
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

it("says that content was not searched, and searches it when the network is back", async () => {
  const answers = [new ProblemError("offline", ""), result("parcel", "c")];
  const searchTrace = (): Promise<SearchResult> => {
    const answer = answers.shift() ?? new Error("nothing left to answer");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const timer = fakeTimer();
  const problems: (string | null)[] = [];
  const found: string[] = [];
  const search = createContentSearch(
    { ...fakeSource(), searchTrace },
    "e",
    timer,
    ({ query }) => found.push(query),
    (problem) => problems.push(problem?.kind ?? null),
  );
  search.ask("parcel");
  await timer.fire();
  expect([problems, found]).toEqual([[null, "offline"], []]);
  await timer.wake();
  expect([problems.at(-1), found]).toEqual([null, ["parcel"]]);
});

it("asks a refused search again on request alone, and an emptied one never", async () => {
  let asked = 0;
  const searchTrace = (): Promise<SearchResult> => {
    asked += 1;
    return Promise.reject(new ProblemError("unauthorised", ""));
  };
  const timer = fakeTimer();
  const problems: (string | null)[] = [];
  const source = { ...fakeSource(), searchTrace };
  const search = createContentSearch(
    source,
    "e",
    timer,
    () => undefined,
    (problem) => problems.push(problem?.kind ?? null),
  );
  search.ask("parcel");
  await timer.fire();
  await timer.wake();
  expect([asked, timer.waits()]).toEqual([1, []]);
  search.retry();
  await settled();
  expect([asked, problems.at(-1)]).toEqual([2, "unauthorised"]);
  search.ask("");
  search.retry();
  await settled();
  expect([asked, problems.at(-1)]).toEqual([2, null]);
});
