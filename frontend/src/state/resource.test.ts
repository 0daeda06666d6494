import { expect, it } from "vitest";
import { ProblemError } from "../model/problem";
import { fakeTimer, settled } from "../testing/fakeTimer";
import { makeExecution } from "../testing/make";
import { inOrder, withOlder } from "./history";
import { createResource } from "./resource";

it("reads again after the time that the value names", async () => {
  const timer = fakeTimer();
  const values = [1, 2, 3];
  const resource = createResource(
    () => Promise.resolve(values.shift() ?? 0),
    timer,
    (value) => (value < 2 ? 500 : null),
  );
  resource.start();
  await settled();
  expect(timer.waits()).toEqual([500]);
  await timer.fire();
  expect(resource.get().value).toBe(2);
  expect(timer.waits()).toEqual([]);
});

it("keeps the last value when reading it again fails", async () => {
  const timer = fakeTimer();
  const answers = [1, new ProblemError("offline", ""), 3];
  const resource = createResource(
    () => {
      const answer = answers.shift() ?? 0;
      return typeof answer === "number" ? Promise.resolve(answer) : Promise.reject(answer);
    },
    timer,
    () => 500,
    () => 77,
  );
  resource.start();
  await settled();
  await timer.fire();
  expect(resource.get()).toMatchObject({ value: 1, problem: { kind: "offline" } });
  await timer.fire();
  expect(resource.get()).toEqual({ value: 3, problem: null, readAt: 77 });
});

it("forgets an answer that comes after the stop", async () => {
  const resource = createResource(() => Promise.resolve(1), fakeTimer());
  resource.start();
  resource.stop();
  await settled();
  expect(resource.get().value).toBeNull();
});

it("joins pages of the history without showing an execution twice", () => {
  const run = (executionId: string) => makeExecution({ executionId });
  const joined = withOlder([run("c"), run("b")], [run("b"), run("a")]);
  expect(joined.map(({ executionId }) => executionId)).toEqual(["c", "b", "a"]);
});

it("puts what cannot be read where its start belongs, the newest first", () => {
  const run = (executionId: string, startedAt: bigint) => makeExecution({ executionId, startedAt });
  const lost = (executionId: string, startedAt: bigint) => ({
    executionId,
    startedAt,
    why: "malformed" as const,
  });
  const merged = inOrder(
    [run("d", 8n), run("b", 4n)],
    [lost("a", 1n), lost("e", 9n), lost("c", 6n)],
  );
  expect(merged.map(({ executionId }) => executionId)).toEqual(["e", "d", "c", "b", "a"]);
  expect(inOrder([], [lost("a", 1n)]).map(({ executionId }) => executionId)).toEqual(["a"]);
});
