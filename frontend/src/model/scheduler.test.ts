import { expect, it } from "vitest";
import { atOnce, breathe, inPieces } from "./scheduler";

function* steps(done: number[]): Generator<undefined, string> {
  for (let step = 0; step < 4; step += 1) {
    done.push(step);
    yield;
  }
  return "whole";
}

it("rests before it begins, and when a piece has taken ten milliseconds", async () => {
  const done: number[] = [];
  const rests: number[] = [];
  let milliseconds = 0;
  const rest = (): Promise<void> => {
    rests.push(done.length);
    return Promise.resolve();
  };
  const result = await inPieces(
    steps(done),
    () => true,
    rest,
    () => (milliseconds += 4),
  );
  expect(result).toBe("whole");
  expect(rests).toEqual([0, 3]);
});

it("stops when nobody wants the result any more", async () => {
  const done: number[] = [];
  const result = await inPieces(steps(done), () => done.length < 2, breathe);
  expect(result).toBeNull();
  expect(done).toEqual([0, 1]);
});

it("goes through all steps at once where there is no time to rest", () => {
  expect(atOnce(steps([]))).toBe("whole");
});
