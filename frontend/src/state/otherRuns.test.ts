import { expect, it } from "vitest";
import type { Execution } from "../model/trace/execution";
import type { CanvasSource } from "../model/trace/source";
import { fakeHistory } from "../testing/fakeHistory";
import { makeExecution, START } from "../testing/make";
import { lastGoodBefore, neighbourOf } from "./otherRuns";

const { signal } = new AbortController();

function run(
  executionId: string,
  startedAt: number,
  overrides: Partial<Execution> = {},
): Execution {
  return makeExecution({ executionId, startedAt: START + BigInt(startedAt), ...overrides });
}

async function aroundOf(
  executions: readonly Execution[],
  of: Execution,
): Promise<readonly (string | undefined)[]> {
  const source = fakeHistory(executions) as unknown as CanvasSource;
  const found = [
    await neighbourOf(source, of, -1, signal),
    await neighbourOf(source, of, 1, signal),
    await lastGoodBefore(source, of, signal),
  ];
  return found.map((execution) => execution?.executionId);
}

it("finds the runs before and after one, whatever others there are", async () => {
  const many = Array.from({ length: 200 }, (_, number) => run(`exec-${number}`, number));
  const [first, one, last] = [many[0], many[100], many[199]];
  if (!first || !one || !last) throw new Error("too few");
  expect(await aroundOf(many, one)).toEqual(["exec-99", "exec-101", "exec-99"]);
  expect(await aroundOf(many, first)).toEqual([undefined, "exec-1", undefined]);
  expect(await aroundOf(many, last)).toEqual(["exec-198", undefined, "exec-198"]);
});

it("goes through runs that started at the same moment one by one", async () => {
  const same = ["a", "b", "c"].map((executionId) => run(executionId, 0));
  const [a, b, c] = same;
  if (!a || !b || !c) throw new Error("too few");
  expect(await aroundOf(same, a)).toEqual([undefined, "b", undefined]);
  expect(await aroundOf(same, b)).toEqual(["a", "c", "a"]);
  expect(await aroundOf(same, c)).toEqual(["b", undefined, "b"]);
});

it("goes by the place in the history where the start is out of sight", async () => {
  const old = run("old", -999_999, { listedAt: START + 1n });
  expect(await aroundOf([run("a", 0), old, run("b", 2)], old)).toEqual(["a", "b", "a"]);
});

it("looks for a good run beyond the first page", async () => {
  const many = Array.from({ length: 1_000 }, (_, number) =>
    run(`exec-${number}`, number, { status: number === 0 ? "succeeded" : "failed" }),
  );
  const last = many[999];
  if (!last) throw new Error("too few");
  expect((await aroundOf(many, last))[2]).toBe("exec-0");
});
