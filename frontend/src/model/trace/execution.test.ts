import { expect, it } from "vitest";
import { makeExecution, SECOND, START } from "../../testing/make";
import { executionLength } from "./execution";

it("takes from its start to its end, while it goes on to now, and for no known time without an end", () => {
  const now = START + 9n * SECOND;
  const length = (overrides: Parameters<typeof makeExecution>[0]): bigint | null =>
    executionLength(makeExecution(overrides), now);
  expect(length({ endedAt: START + 5n * SECOND })).toBe(5n * SECOND);
  expect(length({ status: "running", endedAt: null })).toBe(9n * SECOND);
  expect(length({ status: "queued", endedAt: null })).toBe(9n * SECOND);
  expect(length({ status: "untraced", endedAt: null })).toBeNull();
  expect(length({ endedAt: START - SECOND })).toBe(0n);
});
