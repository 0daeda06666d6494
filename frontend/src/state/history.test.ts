import { expect, it } from "vitest";
import type { Execution } from "../model/trace/execution";
import type { CanvasSource } from "../model/trace/source";
import { fakeHistory, type FakeHistory } from "../testing/fakeHistory";
import { fakeTimer, settled } from "../testing/fakeTimer";
import { makeExecution, START } from "../testing/make";
import {
  asExecutionQuery,
  continues,
  createHistory,
  inOrder,
  isCutShort,
  readOn,
  withOlder,
  type ListedPage,
} from "./history";

const { signal } = new AbortController();
const FAILED = { workflowId: null, status: "failed" as const, seconds: null };

function run(number: number, overrides: Partial<Execution> = {}): Execution {
  const startedAt = START + BigInt(number);
  return makeExecution({ executionId: `exec-${number}`, startedAt, ...overrides });
}

/** Many of which every hundredth has failed. */
function runs(count: number): Execution[] {
  return Array.from({ length: count }, (_, number) =>
    run(number, { status: number % 100 === 0 ? "failed" : "succeeded" }),
  );
}

function idsOf({ items }: Pick<ListedPage, "items">): string[] {
  return items.map(({ executionId }) => executionId);
}

function sourceOf(history: FakeHistory): CanvasSource {
  return history as unknown as CanvasSource;
}

async function firstPage(history: FakeHistory): Promise<ListedPage> {
  const asked = asExecutionQuery(FAILED, 0);
  return { ...(await history.listExecutions(asked, signal)), asked, askedAt: START };
}

it("reads on until the end where little passes the filter", async () => {
  const history = fakeHistory(runs(1_000));
  const first = await firstPage(history);
  const next = await readOn(sourceOf(history), first, signal);
  expect(idsOf(first)).toEqual(["exec-900", "exec-800", "exec-700"]);
  expect(idsOf(next)).toEqual([
    "exec-600", "exec-500", "exec-400", "exec-300", "exec-200", "exec-100", "exec-0",
  ]); // prettier-ignore
  expect([next.passedOver, next.lookedThrough, next.nextCursor]).toEqual([693, null, null]);
});

it("asks the reader after five pages, and goes on from there", async () => {
  const history = fakeHistory(runs(2_000));
  const first = await firstPage(history);
  const next = await readOn(sourceOf(history), first, signal);
  expect(history.asked).toHaveLength(6);
  expect(next.nextCursor).toBe("exec-200");
  expect(next.lookedThrough).toBe(START + 200n);
  expect(isCutShort(next)).toBe(true);
  expect(idsOf(await readOn(sourceOf(history), next, signal))).toEqual(["exec-100", "exec-0"]);
});

it("asks for further pages with the bounds that their cursor was made for", async () => {
  const history = fakeHistory(runs(700));
  const asked = asExecutionQuery({ ...FAILED, seconds: 3_600 }, 1_764_000_000_000);
  const first = { ...(await history.listExecutions(asked, signal)), asked, askedAt: START };
  await readOn(sourceOf(history), first, signal);
  expect(new Set(history.asked.map(({ startedFrom }) => startedFrom))).toEqual(
    new Set([1_763_996_400_000_000_000n]),
  );
});

it("looks again less often where a page has cost much", async () => {
  const timer = fakeTimer();
  const resource = createHistory(sourceOf(fakeHistory(runs(700))), FAILED, timer, () => 0);
  resource.start();
  await settled();
  expect(timer.waits()).toEqual([10_000]);
});

function page(items: Execution[], lookedThrough: bigint | null, askedAt = START): ListedPage {
  const nextCursor = lookedThrough === null ? null : "c";
  const asked = asExecutionQuery(FAILED, 0);
  return { items, passedOver: 0, lookedThrough, nextCursor, asked, askedAt };
}

it("joins pages of the history without showing an execution twice", () => {
  const first = page([run(3), run(2)], START + 2n);
  expect(idsOf({ items: withOlder(first, [run(2), run(1)]) })).toEqual([
    "exec-3",
    "exec-2",
    "exec-1",
  ]);
});

it("keeps what new executions have pushed off the first page", () => {
  const before = [run(3), run(2), run(1)];
  const now = page([run(5), run(4), run(3)], START + 3n);
  expect(continues(now, page(before, START + 1n, START + 3n))).toBe(true);
  expect(idsOf({ items: withOlder(now, before) })).toEqual([
    "exec-5",
    "exec-4",
    "exec-3",
    "exec-2",
    "exec-1",
  ]);
});

it("forgets what was read before where there is a hole between", () => {
  const before = page([run(3), run(2)], START + 2n, START + 4n);
  expect(continues(page([run(9), run(8)], START + 8n), before)).toBe(false);
});

it("keeps what a filter has found far behind the first page", () => {
  const before = page([run(1)], null, START + 9n);
  expect(continues(page([], START + 5n), before)).toBe(true);
});

it("drops what does not pass the filter any more", () => {
  const first = page([run(5)], START + 2n);
  expect(idsOf({ items: withOlder(first, [run(5), run(4), run(1)]) })).toEqual([
    "exec-5",
    "exec-1",
  ]);
});

it("shows nothing else where the first page is all there is", () => {
  expect(idsOf({ items: withOlder(page([run(5)], null), [run(5), run(4)]) })).toEqual(["exec-5"]);
});

it("puts what cannot be read where its start belongs, the newest first", () => {
  const readable = (executionId: string, startedAt: bigint) =>
    makeExecution({ executionId, startedAt });
  const lost = (executionId: string, startedAt: bigint) => ({
    executionId,
    startedAt,
    why: "malformed" as const,
  });
  const merged = inOrder(
    [readable("d", 8n), readable("b", 4n)],
    [lost("a", 1n), lost("e", 9n), lost("c", 6n)],
  );
  expect(merged.map(({ executionId }) => executionId)).toEqual(["e", "d", "c", "b", "a"]);
  expect(inOrder([], [lost("a", 1n)]).map(({ executionId }) => executionId)).toEqual(["a"]);
});
