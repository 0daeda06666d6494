import { expect, it } from "vitest";
import type { CanvasSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";
import { changed, fakeSource } from "../testing/fakeSource";
import { makeTrace, outline } from "../testing/make";
import { readAhead } from "./readAhead";

const WHOLE = makeTrace(outline("root\n  child"));
const PAGE = { ...makeTrace(outline("root")), totalRows: 2 };
const { signal } = new AbortController();

function sourceOf(...answers: Parameters<typeof fakeSource>) {
  const fake = fakeSource(...answers);
  return { fake, source: fake as unknown as CanvasSource };
}

it("reads at once, and gives it to the first who asks", async () => {
  const { fake, source } = sourceOf(changed(WHOLE, "1"), changed(WHOLE, "2"));
  const ahead = readAhead(source, "exec-1");
  expect(fake.asked).toEqual(["trace -"]);
  expect(await ahead.readTrace("exec-1", null, signal)).toMatchObject({ etag: "1" });
  expect(fake.asked).toHaveLength(1);
  expect(await ahead.readTrace("exec-1", "1", signal)).toMatchObject({ etag: "2" });
});

it("tells of the pages that came before anybody asked", async () => {
  const { fake, source } = sourceOf(changed(WHOLE));
  fake.pages.push(PAGE);
  const told: Trace[] = [];
  await readAhead(source, "exec-1").readTrace("exec-1", null, signal, (soFar) => told.push(soFar));
  expect(told).toEqual([PAGE]);
});

it("lets be what it reads when another trace is asked for", async () => {
  const { fake, source } = sourceOf(new Error("late"), changed(WHOLE, "2"));
  const ahead = readAhead(source, "exec-1");
  expect(await ahead.readTrace("exec-2", null, signal)).toMatchObject({ etag: "2" });
  expect(fake.asked).toHaveLength(2);
});

it("reads nothing where the page's address names no execution", () => {
  const { fake, source } = sourceOf();
  expect(readAhead(source, null)).toBe(source);
  expect(fake.asked).toEqual([]);
});
