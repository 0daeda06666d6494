import { beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../model/problem";
import type { Execution } from "../model/trace/execution";
import type { Row, Trace } from "../model/trace/trace";
import { changed, fakeSource } from "../testing/fakeSource";
import { fakeTimer, settled, type FakeTimer } from "../testing/fakeTimer";
import { makeExecution, makeTrace, manyRows, outline, START } from "../testing/make";
import { createMemoryViewStore, EMPTY_VIEW_STATE, type ViewStateStore } from "./viewState";
import { createTraceStore, type TraceStore } from "./traceStore";

function traceOf(rows: readonly Row[], execution: Partial<Execution>): Trace {
  const running = execution.status === "running";
  return makeTrace(rows, {
    execution: makeExecution({ endedAt: running ? null : START, ...execution }),
    status: running ? "RUNNING" : "COMPLETE",
  });
}

const FAILED = traceOf(
  outline(`
    root !
      fine
        call
      broken !
        attempt !
  `),
  { status: "failed" },
);

let timer: FakeTimer;
let viewStore: ViewStateStore;

beforeEach(() => {
  timer = fakeTimer();
  viewStore = createMemoryViewStore();
});

async function open(trace: Trace): Promise<TraceStore> {
  const store = createTraceStore(fakeSource(changed(trace)), "exec-1", viewStore, timer);
  store.start();
  await settled();
  return store;
}

describe("opening", () => {
  it("selects the deepest failing span of a failed run, and leaves the URL alone", async () => {
    const store = await open(FAILED);
    expect(store.get().selected).toBe("attempt");
    expect(store.get().revealSerial).toBe(1);
    expect(viewStore.get()).toEqual(EMPTY_VIEW_STATE);
  });

  it("selects the span of the link", async () => {
    viewStore.replace({ ...EMPTY_VIEW_STATE, spanId: "call" });
    expect((await open(FAILED)).get().selected).toBe("call");
  });

  it("selects by itself when the link's span is not there", async () => {
    viewStore.replace({ ...EMPTY_VIEW_STATE, spanId: "gone" });
    expect((await open(FAILED)).get().selected).toBe("attempt");
  });

  it("selects the root of a run that went well", async () => {
    const store = await open(traceOf(outline("root\n  a"), { status: "succeeded" }));
    expect(store.get().selected).toBe("root");
  });

  it("opens 10,000 rows folded, with the failing span in view", async () => {
    const rows = manyRows(10_000, 100).map((row) =>
      row.spanId === "item-42-7" || row.spanId === "root"
        ? { ...row, status: "error" as const }
        : row,
    );
    const cause = { nodeId: null, spanId: "item-42-7", errorType: "E", message: "" };
    const store = await open(traceOf(rows, { status: "failed", cause }));
    await vi.waitFor(() => expect(store.get().selected).toBe("item-42-7"));
    // The root, the maps' line with all hundred under it, the items' line and the one that failed.
    expect(store.get().lines).toHaveLength(104);
  });
});

describe("the reader's moves", () => {
  it("move line by line and stop at the ends", async () => {
    const store = await open(FAILED);
    store.moveBy(-Infinity);
    expect(store.get().selected).toBe("root");
    store.moveBy(-1);
    expect(store.get().selected).toBe("root");
    store.moveBy(2);
    expect(store.get().selected).toBe("call");
    store.moveBy(Infinity);
    expect(store.get().selected).toBe("attempt");
  });

  it("stand in the URL", async () => {
    const store = await open(FAILED);
    store.select("call");
    expect(viewStore.get().spanId).toBe("call");
  });

  it("fold, then go to the parent; unfold, then go to the child", async () => {
    const store = await open(FAILED);
    store.select("fine");
    store.moveOut();
    expect(store.get().lines.map((line) => line.key)).not.toContain("call");
    store.moveOut();
    expect(store.get().selected).toBe("root");
    store.select("fine");
    store.moveIn();
    store.moveIn();
    expect(store.get().selected).toBe("call");
  });

  it("select what a selection was folded into", async () => {
    const store = await open(FAILED);
    store.select("call");
    store.foldAll();
    expect(store.get().selected).toBe("fine");
    store.unfoldAll();
    expect(store.get().lines).toHaveLength(5);
  });

  it("go from error to error, unfolding what hides them", async () => {
    const store = await open(FAILED);
    store.select("root");
    store.foldAll();
    store.nextFailure(1);
    expect(store.get().selected).toBe("attempt");
    expect(store.get().folded).toEqual(new Set(["fine"]));
  });

  it("go round the hits of a search, in both directions", async () => {
    const store = await open(FAILED);
    store.search("l");
    expect(store.get().hits).toEqual([2]);
    store.search("t");
    store.nextHit(1);
    expect(store.get().selected).toBe("root");
    store.nextHit(-1);
    expect(store.get().selected).toBe("attempt");
    expect(viewStore.get().query).toBe("t");
  });

  it("drop a filter that hides what they go to", async () => {
    const store = await open(FAILED);
    store.filter({ shown: "errors" });
    store.select("call");
    expect(store.get().filter.shown).toBe("all");
    expect(store.get().selected).toBe("call");
  });

  it("give a link to what is selected, chosen or not", async () => {
    const seen: (string | null)[] = [];
    const store = createTraceStore(
      fakeSource(changed(FAILED)),
      "exec-1",
      { ...viewStore, permalink: ({ spanId }) => String(seen.push(spanId)) },
      timer,
    );
    store.start();
    await settled();
    store.permalink();
    expect(seen).toEqual(["attempt"]);
  });
});

describe("a running execution", () => {
  const BEFORE = traceOf(outline("root ~\n  plan ~"), { status: "running" });
  const AFTER = traceOf(outline("root ~\n  plan\n  draft ~"), { status: "running" });

  async function openTwice(second: Trace, between: (store: TraceStore) => void) {
    const source = fakeSource(changed(BEFORE, '"1"'), changed(second, '"2"'));
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    await settled();
    between(store);
    await timer.fire();
    return { store, source };
  }

  it("is read again every second with its ETag", async () => {
    const { source } = await openTwice(AFTER, () => {
      expect(timer.waits()).toEqual([1_000]);
    });
    expect(source.asked).toEqual(["trace -", 'trace "1"']);
  });

  it("is followed to its newest span until the reader chooses one", async () => {
    const { store } = await openTwice(AFTER, ({ get }) => expect(get().selected).toBe("plan"));
    expect(store.get().selected).toBe("draft");
  });

  it("leaves the reader's selection and scroll alone", async () => {
    let serial = 0;
    const { store } = await openTwice(AFTER, (opened) => {
      opened.select("root");
      serial = opened.get().revealSerial;
    });
    expect(store.get().selected).toBe("root");
    expect(store.get().revealSerial).toBe(serial);
  });

  it("goes to the failure when it fails while it is followed", async () => {
    const failed = traceOf(outline("root !\n  plan\n  draft !"), { status: "failed" });
    const { store } = await openTwice(failed, () => undefined);
    expect(store.get().selected).toBe("draft");
    expect(timer.waits()).toEqual([]);
  });

  it("grows when nothing changed but the clock", async () => {
    const source = fakeSource(changed(BEFORE), { kind: "unchanged", servedAt: START + 99n });
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    await settled();
    await timer.fire();
    expect(store.get().loaded?.trace.servedAt).toBe(START + 99n);
  });

  it("is read seldom while nobody sees the page, and at once when somebody does again", async () => {
    const { source } = await openTwice(AFTER, () => {
      timer.isHidden = true;
    });
    expect(source.asked).toEqual(["trace -"]);
    expect(timer.waits()).toEqual([60_000]);
    timer.isHidden = false;
    await timer.wake();
    expect(source.asked).toEqual(["trace -", 'trace "1"']);
    expect(timer.waits()).toEqual([1_000]);
  });

  it("keeps the rows that are what they were", async () => {
    let before: Row | undefined;
    const after = traceOf(outline("root ~\n  plan\n  draft ~"), { status: "running" });
    const { store } = await openTwice(after, ({ get }) => {
      before = get().loaded?.trace.rows[0];
    });
    expect(before?.spanId).toBe("root");
    expect(store.get().loaded?.trace.rows[0]).toBe(before);
  });
});

describe("problems", () => {
  it("that pass are shown when nothing was read yet, and retried", async () => {
    const source = fakeSource(new ProblemError("unavailable", "throttled"), changed(FAILED));
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    await settled();
    expect(store.get()).toMatchObject({ loaded: null, problem: { kind: "unavailable" } });
    expect(timer.waits()).toEqual([2_000]);
    await timer.fire();
    expect(store.get().problem).toBeNull();
  });

  it("that do not pass are retried on request only", async () => {
    const source = fakeSource(new ProblemError("forbidden", "no"), changed(FAILED));
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    await settled();
    expect(store.get()).toMatchObject({ loaded: null, problem: { kind: "forbidden" } });
    expect(timer.waits()).toEqual([]);
    store.start();
    await settled();
    expect(store.get().problem).toBeNull();
    expect(store.get().selected).toBe("attempt");
  });

  it("of a poll keep what is shown, and wait longer each time", async () => {
    const running = traceOf(outline("root ~"), { status: "running" });
    const offline = new ProblemError("offline", "");
    const source = fakeSource(changed(running), offline, offline, offline, changed(running));
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    await settled();
    const waits: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await timer.fire();
      waits.push(...timer.waits());
      expect(store.get().loaded).not.toBeNull();
      expect(store.get().problem?.kind).toBe("offline");
    }
    expect(waits).toEqual([2_000, 4_000, 8_000]);
    await timer.fire();
    expect(store.get().problem).toBeNull();
    expect(timer.waits()).toEqual([1_000]);
  });

  it("of a lost connection end as soon as it is back", async () => {
    const running = traceOf(outline("root ~"), { status: "running" });
    const offline = new ProblemError("offline", "");
    const source = fakeSource(changed(running), offline, changed(running));
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    await settled();
    await timer.fire();
    expect(store.get().problem?.kind).toBe("offline");
    await timer.wake();
    expect(store.get().problem).toBeNull();
  });

  it("wait as long as the server asks", async () => {
    const running = traceOf(outline("root ~"), { status: "running" });
    const busy = new ProblemError("unavailable", "", { retryAfterSeconds: 12 });
    const store = createTraceStore(fakeSource(changed(running), busy), "exec-1", viewStore, timer);
    store.start();
    await settled();
    await timer.fire();
    expect(timer.waits()).toEqual([12_000]);
  });
});

it("reads a partial trace a few times more after the end, then lets it be", async () => {
  const partial = makeTrace(outline("root"), { status: "PARTIAL" });
  const source = fakeSource(...Array.from({ length: 9 }, () => changed(partial)));
  const store = createTraceStore(source, "exec-1", viewStore, timer);
  store.start();
  await settled();
  for (let round = 0; round < 9; round += 1) await timer.fire();
  expect(source.asked).toHaveLength(6);
});

describe("a trace in pages", () => {
  const ROWS = manyRows(9_000, 100);
  const soFar = (rows: number): Trace => ({
    ...traceOf(ROWS.slice(0, rows), { status: "succeeded" }),
    totalRows: ROWS.length,
  });

  it("is shown from its first page on, each time twice as much of it", async () => {
    const source = fakeSource(changed(soFar(9_000)));
    source.pages.push(soFar(1_000), soFar(1_500), soFar(2_000));
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    const shown: number[] = [];
    store.subscribe(() => shown.push(store.get().loaded?.trace.rows.length ?? 0));
    store.start();
    await vi.waitFor(() => expect(shown.at(-1)).toBe(9_000));
    expect(shown).toEqual([1_000, 2_000, 9_000]);
  });

  it("keeps what the reader has opened and selected while the rest comes", async () => {
    const source = fakeSource();
    let finish = (): void => undefined;
    source.readTrace = (_executionId, _etag, _signal, onProgress) => {
      onProgress?.(soFar(2_000));
      return new Promise((resolve) => {
        finish = () => resolve(changed(soFar(9_000)));
      });
    };
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    const line = store.get().lines[1];
    store.toggle(line?.key ?? "");
    store.select("item-3-7");
    const { revealSerial, folded } = store.get();
    finish();
    await vi.waitFor(() => expect(store.get().loaded?.trace.rows).toHaveLength(9_000));
    expect(store.get()).toMatchObject({ selected: "item-3-7", revealSerial });
    expect([...folded].filter((spanId) => !store.get().folded.has(spanId))).toEqual([]);
  });

  it("of which the reader has left is not shown any more", async () => {
    const source = fakeSource(changed(soFar(9_000)));
    source.pages.push(soFar(3_000));
    const store = createTraceStore(source, "exec-1", viewStore, timer);
    store.start();
    store.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(store.get().loaded).toBeNull();
  });
});

it("takes over the view state that the browser goes back to", async () => {
  const store = await open(FAILED);
  store.adopt({ ...EMPTY_VIEW_STATE, spanId: "fine", query: "call" });
  expect(store.get()).toMatchObject({ selected: "fine", query: "call", hits: [2] });
});
