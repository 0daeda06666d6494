import { expect, it } from "vitest";
import { ProblemError } from "../model/problem";
import { fakeTimer, settled } from "../testing/fakeTimer";
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
