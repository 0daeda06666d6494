import { expect, it } from "vitest";
import { ProblemError } from "../model/problem";
import { fakeSource } from "../testing/fakeSource";
import { fakeTimer, settled } from "../testing/fakeTimer";
import { makeDetail } from "../testing/make";
import { createSpanDetails } from "./spanDetails";

const detail = (name: string) => makeDetail({ name });

function setUp() {
  const source = fakeSource();
  source.spans.set("a", detail("a")).set("b", detail("b"));
  const timer = fakeTimer();
  return { source, timer, details: createSpanDetails(source, "exec-1", timer) };
}

it("reads only the span on which the selection comes to rest", async () => {
  const { source, timer, details } = setUp();
  details.show("a", "1");
  details.show("b", "1");
  await timer.fire();
  expect(source.asked).toEqual(["span b"]);
  expect(details.get().detail?.name).toBe("b");
});

it("keeps what it read, until the span changes", async () => {
  const { source, timer, details } = setUp();
  details.show("a", "1");
  await timer.fire();
  details.show("b", "1");
  await timer.fire();
  details.show("a", "1");
  expect(details.get().detail?.name).toBe("a");
  expect(timer.waits()).toEqual([]);
  details.show("a", "2");
  expect(details.get().detail?.name).toBe("a");
  await timer.fire();
  expect(source.asked).toEqual(["span a", "span b", "span a"]);
});

it("says what went wrong and tries again on request", async () => {
  const { source, timer, details } = setUp();
  source.spans.set("a", new ProblemError("unavailable", "throttled"));
  details.show("a", "1");
  await timer.fire();
  expect(details.get().problem?.kind).toBe("unavailable");
  source.spans.set("a", detail("a"));
  details.retry();
  await timer.fire();
  expect(details.get()).toMatchObject({ problem: null, detail: { name: "a" } });
});

it("reads nothing after it was stopped", async () => {
  const { source, timer, details } = setUp();
  details.show("a", "1");
  details.stop();
  await timer.fire();
  expect(source.asked).toEqual([]);
});

it("reads again by itself what could not be read for the moment", async () => {
  const { source, timer, details } = setUp();
  source.spans.set("a", new ProblemError("offline", "gone"));
  details.show("a", "1");
  await timer.fire();
  expect(timer.waits()).toEqual([2_000]);
  source.spans.set("a", detail("a"));
  await timer.wake();
  expect(details.get()).toMatchObject({ problem: null, detail: { name: "a" } });
  expect(timer.waits()).toEqual([]);
});

it("reads it at once when something else could be read, and nothing where nothing waits", async () => {
  const { source, timer, details } = setUp();
  details.wake();
  source.spans.set("a", new ProblemError("unavailable", "throttled"));
  details.show("a", "1");
  await timer.fire();
  source.spans.set("a", detail("a"));
  details.wake();
  await settled();
  expect(details.get().detail?.name).toBe("a");
  details.wake();
  await settled();
  expect(source.asked).toEqual(["span a", "span a"]);
});

it("does not go on asking for a span that nobody looks at any more", async () => {
  const { source, timer, details } = setUp();
  source.spans.set("a", new ProblemError("offline", "gone"));
  details.show("a", "1");
  await timer.fire();
  details.show("b", "1");
  await timer.fire();
  await timer.wake();
  expect(source.asked).toEqual(["span a", "span b"]);
  expect(details.get().detail?.name).toBe("b");
});
