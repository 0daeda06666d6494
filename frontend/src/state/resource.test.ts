import { describe, expect, it } from "vitest";
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

describe("what cannot be read for the moment", () => {
  function failing(...answers: (number | ProblemError)[]) {
    const timer = fakeTimer();
    const left = [...answers];
    const resource = createResource(
      () => {
        const answer = left.shift() ?? 0;
        return typeof answer === "number" ? Promise.resolve(answer) : Promise.reject(answer);
      },
      timer,
      () => null,
      () => 77,
    );
    resource.start();
    return { resource, timer };
  }
  const offline = () => new ProblemError("offline", "");

  it("is read again after 2, 4 and 8 seconds, until it is there", async () => {
    const { resource, timer } = failing(offline(), offline(), offline(), 5);
    await settled();
    const waits = [];
    for (let round = 0; round < 3; round += 1) {
      waits.push(...timer.waits());
      await timer.fire();
    }
    expect(waits).toEqual([2_000, 4_000, 8_000]);
    expect(resource.get()).toEqual({ value: 5, problem: null, readAt: 77 });
    expect(timer.waits()).toEqual([]);
  });

  it("is read at once when the network is back", async () => {
    const { resource, timer } = failing(offline(), 5);
    await settled();
    await timer.wake();
    expect(resource.get().value).toBe(5);
    await timer.wake();
    expect(resource.get().value).toBe(5);
  });

  it("is asked for when the server says so", async () => {
    const { timer } = failing(new ProblemError("unavailable", "", { retryAfterSeconds: 20 }));
    await settled();
    expect(timer.waits()).toEqual([20_000]);
  });

  it.each(["unauthorised", "forbidden", "not_found", "invalid", "contract", "unreadable"] as const)(
    "is not asked for again by itself where that cannot help: %s",
    async (kind) => {
      const { resource, timer } = failing(new ProblemError(kind, ""), 5);
      await settled();
      await timer.wake();
      expect(timer.waits()).toEqual([]);
      expect(resource.get().problem?.kind).toBe(kind);
      resource.start();
      await settled();
      expect(resource.get().value).toBe(5);
    },
  );
});
