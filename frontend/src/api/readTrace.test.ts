import { describe, expect, it } from "vitest";
import type { TraceReading, TraceSource } from "../model/trace/source";
import { fakeFetch, json, type FakeFetch } from "../testing/fakeFetch";
import { wireRow, wireTrace } from "../testing/wire";
import { createHttp } from "./http";
import { createTraceReading } from "./readTrace";
import type { WireTrace } from "./wire";

const { signal } = new AbortController();

function reader(server: FakeFetch): TraceSource["readTrace"] {
  const http = createHttp("", () => Promise.resolve("secret"), server.fetcher);
  return createTraceReading(http, (id) => `/${id}`);
}

function page(names: string, tag: string, more: Partial<WireTrace> = {}): Response {
  const rows = Array.from(names, (span_id) => wireRow({ span_id }));
  const trace = wireTrace({ status: "RUNNING", rows, total_rows: rows.length, ...more });
  return json(trace, { headers: { ETag: tag } });
}

function told(reading: TraceReading): string {
  return reading.kind === "changed"
    ? reading.trace.rows.map(({ spanId }) => spanId).join(" ")
    : reading.kind;
}

function asked(server: FakeFetch): readonly string[] {
  return server.asked.map(({ url, headers }) => `${url} ${headers["If-None-Match"] ?? "-"}`);
}

describe("reading a trace that changes", () => {
  it("asks for what has changed since what the caller has, and answers the whole", async () => {
    const server = fakeFetch(
      page("abc", "t1", { version: "v1" }),
      page("xb", "t2", { version: "v2", positions: [1, 2], total_rows: 4 }),
      page("", "t3", { version: "v3", positions: [], total_rows: 4 }),
    );
    const read = reader(server);
    const first = await read("e", null, signal);
    const second = await read("e", "t1", signal);
    const third = await read("e", "t2", signal);
    expect([told(first), told(second), told(third)]).toEqual(["a b c", "a x b c", "a x b c"]);
    expect(asked(server)).toEqual(["/e -", "/e?since=v1 t1", "/e?since=v2 t2"]);
    const rowsOf = (reading: TraceReading) =>
      reading.kind === "changed" ? reading.trace.rows : [];
    expect(rowsOf(third)[3]).toBe(rowsOf(first)[2]);
    expect(rowsOf(second)[2]).not.toBe(rowsOf(first)[1]);
  });

  it("stays with what it has while nothing changes", async () => {
    const server = fakeFetch(
      page("a", "t1", { version: "v1" }),
      new Response(null, { status: 304 }),
      page("b", "t2", { version: "v2", positions: [1], total_rows: 2 }),
    );
    const read = reader(server);
    await read("e", null, signal);
    expect(told(await read("e", "t1", signal))).toBe("unchanged");
    expect(told(await read("e", "t1", signal))).toBe("a b");
  });

  it("takes the whole where the server answers that", async () => {
    const server = fakeFetch(
      page("abc", "t1", { version: "v1" }),
      page("ab", "t2", { version: "v2", total_rows: 3, next_cursor: "c1" }),
      page("d", "t2", { version: "v2", total_rows: 3 }),
      page("e", "t3", { version: "v3", positions: [3], total_rows: 4 }),
    );
    const read = reader(server);
    await read("e", null, signal);
    expect(told(await read("e", "t1", signal))).toBe("a b d");
    expect(told(await read("e", "t2", signal))).toBe("a b d e");
  });

  it("reads the whole again when the server will not take the version", async () => {
    const server = fakeFetch(
      page("a", "t1", { version: "v1" }),
      json({ message: "No" }, { status: 400 }),
      page("ab", "t2"),
    );
    const read = reader(server);
    await read("e", null, signal);
    expect(told(await read("e", "t1", signal))).toBe("a b");
    expect(asked(server).at(-1)).toBe("/e -");
  });

  it("reads the whole again when changes do not fit what it has", async () => {
    const server = fakeFetch(
      page("a", "t1", { version: "v1" }),
      page("z", "t2", { version: "v2", positions: [7], total_rows: 8 }),
      page("az", "t3", { version: "v3" }),
    );
    const read = reader(server);
    await read("e", null, signal);
    expect(await read("e", "t1", signal)).toMatchObject({
      etag: "t3",
      trace: { rows: [{ spanId: "a" }, { spanId: "z" }] },
    });
  });

  it("passes on that the server cannot be reached", async () => {
    const server = fakeFetch(page("a", "t1", { version: "v1" }), new TypeError("Failed to fetch"));
    const read = reader(server);
    await read("e", null, signal);
    await expect(read("e", "t1", signal)).rejects.toMatchObject({ kind: "offline" });
  });

  it.each([
    ["another trace", "other", "t1"],
    ["another tag", "e", "t0"],
    ["nothing", "e", null],
  ])("reads the whole for a caller who has %s", async (_, executionId, etag) => {
    const server = fakeFetch(page("a", "t1", { version: "v1" }), page("b", "t2"));
    const read = reader(server);
    await read("e", null, signal);
    await read(executionId, etag, signal);
    expect(server.asked[1]?.url).toBe(`/${executionId}`);
  });

  it.each([
    ["that is complete", page("a", "t1", { status: "COMPLETE", version: "v1" })],
    ["of a server that names no version", page("a", "t1", { version: undefined as never })],
  ])("keeps no trace %s", async (_, answer) => {
    const server = fakeFetch(answer, page("b", "t2"));
    const read = reader(server);
    await read("e", null, signal);
    await read("e", "t1", signal);
    expect(server.asked[1]?.url).toBe("/e");
  });

  it("asks for no changes to pages of different versions", async () => {
    const server = fakeFetch(
      page("a", "t1", { version: "v1", total_rows: 2, next_cursor: "c1" }),
      page("b", "t2", { version: "v2", total_rows: 2 }),
      page("abc", "t3"),
    );
    const read = reader(server);
    await read("e", null, signal);
    await read("e", "t1", signal);
    expect(server.asked[2]?.url).toBe("/e");
  });
});
