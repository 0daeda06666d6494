import { expect, it } from "vitest";
import { runToEnd, yieldToMain, runInSlices } from "./scheduler";

function* steps(done: number[]): Generator<undefined, string> {
  for (let step = 0; step < 4; step += 1) {
    done.push(step);
    yield;
  }
  return "whole";
}

it("yields before it begins, and when a slice has taken ten milliseconds", async () => {
  const done: number[] = [];
  const yields: number[] = [];
  let milliseconds = 0;
  const pause = (): Promise<void> => {
    yields.push(done.length);
    return Promise.resolve();
  };
  const result = await runInSlices(
    steps(done),
    () => true,
    pause,
    () => (milliseconds += 4),
  );
  expect(result).toBe("whole");
  expect(yields).toEqual([0, 3]);
});

it("stops when nobody wants the result any more", async () => {
  const done: number[] = [];
  const result = await runInSlices(steps(done), () => done.length < 2, yieldToMain);
  expect(result).toBeNull();
  expect(done).toEqual([0, 1]);
});

it("runs all steps at once", () => {
  expect(runToEnd(steps([]))).toBe("whole");
});
