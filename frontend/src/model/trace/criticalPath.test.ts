import { describe, expect, it } from "vitest";
import { makeExecution, makeRow, makeTrace, SECOND, START } from "../../testing/make";
import { activity } from "../time/activity";
import { criticalPath } from "./criticalPath";
import { backoffAfter, pausesOf } from "../time/pauses";
import { timeScale, type TimeScale } from "../time/timeScale";
import { timeSpent } from "../time/timeSpent";
import type { Row } from "./trace";
import { indexTrace } from "./traceIndex";

/** A span from one second to another. */
function span(
  spanId: string,
  depth: number,
  from: number,
  to: number,
  more: Partial<Row> = {},
): Row {
  const at = (seconds: number): bigint => START + BigInt(Math.round(seconds * 10)) * (SECOND / 10n);
  return makeRow({ spanId, depth, start: at(from), end: at(to), ...more });
}

function scaleOf(rows: readonly Row[]): TimeScale {
  return timeScale(makeTrace(rows));
}

/** `name from-to`, from the first to the last. */
function path(rows: readonly Row[]): string[] {
  return criticalPath(indexTrace(rows), scaleOf(rows), START)
    .map(({ position, from, to }) => `${rows[position]?.spanId} ${from / 1e9}-${to / 1e9}`)
    .reverse();
}

describe("the critical path", () => {
  //  root   0 ───────────── 10
  //    a      1 ── 4
  //    b        2 ────── 8        ends last before root does
  it("goes through the child that its parent waited for, and through the parent where none was", () => {
    const rows = [span("root", 0, 0, 10), span("a", 1, 1, 4), span("b", 1, 2, 8)];
    expect(path(rows)).toEqual(["root 0-1", "a 1-2", "b 2-8", "root 8-10"]);
  });

  it("goes down to the deepest span at work", () => {
    const rows = [span("root", 0, 0, 4), span("node", 1, 1, 4), span("call", 2, 2, 3)];
    expect(path(rows)).toEqual(["root 0-1", "node 1-2", "call 2-3", "node 3-4"]);
  });

  it("cuts a child that outlives its parent", () => {
    const rows = [span("root", 0, 0, 4), span("late", 1, 3, 9)];
    expect(path(rows)).toEqual(["root 0-3", "late 3-4"]);
  });

  it("leaves out what ran beside it all the time", () => {
    const rows = [span("root", 0, 0, 5), span("long", 1, 0, 5), span("beside", 1, 1, 4)];
    expect(path(rows)).toEqual(["long 0-5"]);
  });

  it("reaches to now while something runs", () => {
    const rows = [span("root", 0, 0, 1, { end: null, status: "running" })];
    const trace = makeTrace(rows, { servedAt: START + 3n * SECOND });
    expect(criticalPath(indexTrace(rows), timeScale(trace), trace.servedAt)).toEqual([
      { position: 0, from: 0, to: 3e9 },
    ]);
  });

  it("adds up to the whole, however deep and broad", () => {
    const rows = [span("root", 0, 0, 100)];
    for (let at = 0; at < 5_000; at += 1) rows.push(span(`s-${at}`, 1 + (at % 300), at / 60, 90));
    const steps = criticalPath(indexTrace(rows), scaleOf(rows), START);
    expect(steps.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(100e9);
  });
});

describe("where the time went", () => {
  //  root (workflow)      0 ──────────────────── 10
  //    invocation (cold)    1 ───────────────── 10
  //      node                 1 ─────────── 8
  //        attempt 1            1 ── 2   failed
  //          call               1 ── 2   model
  //        attempt 2                    4 ── 8
  //          get                        5 ─ 7   http
  const rows = [
    span("root", 0, 0, 10, { kind: "workflow" }),
    span("invocation", 1, 1, 10, { kind: "invocation", marks: ["cold_start"] }),
    span("node", 2, 1, 8),
    span("attempt-1", 3, 1, 2, { kind: "attempt", status: "error" }),
    span("call", 4, 1, 2, { kind: "model" }),
    span("attempt-2", 3, 4, 8, { kind: "attempt" }),
    span("get", 4, 5, 7, { kind: "http" }),
  ];
  const index = indexTrace(rows);
  const scale = scaleOf(rows);
  const execution = makeExecution({ startedAt: START - 2n * SECOND });

  it("is told in seconds and shares that add up", () => {
    const steps = criticalPath(index, scale, START);
    expect(
      timeSpent(index, steps, scale, execution).map(({ category, nanos }) => [
        category,
        nanos / 1e9,
      ]),
    ).toEqual([
      ["own", 4],
      ["cold", 3],
      ["tools", 2],
      ["backoff", 2],
      ["model", 1],
    ]);
  });

  it("has no cold start when the function was warm", () => {
    const warm = rows.map((row) => ({ ...row, marks: [] }));
    const steps = criticalPath(indexTrace(warm), scale, START);
    const shares = timeSpent(indexTrace(warm), steps, scale, execution);
    expect(shares.find(({ category }) => category === "waiting")?.share).toBe(3 / 12);
  });

  it("counts what a model call or a tool consists of for it", () => {
    const voice = [
      span("turn", 0, 0, 10, { kind: "agent" }),
      span("setup", 1, 0, 1, { kind: "other" }),
      span("llm", 1, 1, 6, { kind: "model" }),
      span("run", 2, 1, 6, { kind: "other" }),
      span("request", 3, 2, 6, { kind: "http" }),
      span("lookup", 1, 6, 8, { kind: "tool" }),
      span("inside", 2, 6, 8, { kind: "other" }),
      span("post", 1, 8, 10, { kind: "http" }),
    ];
    const indexed = indexTrace(voice);
    const axis = scaleOf(voice);
    const shares = timeSpent(
      indexed,
      criticalPath(indexed, axis, START),
      axis,
      makeTrace(voice).execution,
    );
    expect(shares.map(({ category, nanos }) => [category, nanos / 1e9])).toEqual([
      ["model", 5],
      ["tools", 4],
      ["own", 1],
    ]);
  });

  it("counts a wait as waiting, and as a gap of the span around it", () => {
    const durable = [
      span("run", 0, 0, 10, { kind: "workflow" }),
      span("load", 1, 0, 1, { kind: "node" }),
      span("pause", 1, 1, 9, { kind: "node", marks: ["wait"] }),
      span("charge", 1, 9, 10, { kind: "node" }),
    ];
    const indexed = indexTrace(durable);
    const axis = scaleOf(durable);
    const shares = timeSpent(
      indexed,
      criticalPath(indexed, axis, START),
      axis,
      makeTrace(durable).execution,
    );
    expect(shares.map(({ category, nanos }) => [category, nanos / 1e9])).toEqual([
      ["waiting", 8],
      ["own", 2],
    ]);
    expect(pausesOf(indexed, 0, axis, START)).toEqual([{ from: 1e9, to: 9e9, isBackoff: false }]);
  });

  it("shows the wait between two attempts, on their node and behind the first", () => {
    expect(pausesOf(index, 2, scale, START)).toEqual([{ from: 2e9, to: 4e9, isBackoff: true }]);
    expect(backoffAfter(index, 3)).toBe(2n * SECOND);
    expect(backoffAfter(index, 5)).toBeNull();
    expect(backoffAfter(index, 2)).toBeNull();
  });

  it("shows when nothing inside a span ran", () => {
    expect(pausesOf(index, 5, scale, START)).toEqual([
      { from: 4e9, to: 5e9, isBackoff: false },
      { from: 7e9, to: 8e9, isBackoff: false },
    ]);
    expect(pausesOf(index, 6, scale, START)).toEqual([]);
  });

  it("is drawn by what was at work in each part of the axis", () => {
    const { byHue, most, failures } = activity(index, scale, START, 10);
    expect([...(byHue.get("model") ?? [])]).toEqual([0, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect([...(byHue.get("http") ?? [])]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 0]);
    expect(most).toBe(1);
    expect(failures).toEqual([2]);
  });
});
