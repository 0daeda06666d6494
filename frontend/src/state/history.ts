/** A list of executions, newest first, that grows at both ends. */

import {
  isUnfinished,
  type Execution,
  type ExecutionFilter,
  type UnreadableExecution,
} from "../model/trace/execution";
import type { CanvasSource, ExecutionPage, ExecutionQuery } from "../model/trace/source";
import { nanosFromMilliseconds, type Nanos } from "../model/time/time";
import { createResource, type Resource } from "./resource";
import type { Timer } from "./polling";
import { POLL_MILLISECONDS } from "./traceReader";

/** The wait when nothing runs: somebody else may start an execution. */
const IDLE_MILLISECONDS = 2_000;
/** The wait when the server had to read much for few executions. */
const COSTLY_MILLISECONDS = 10_000;
const COSTLY_PASSED_OVER = 100;
/** Executions that the page asks for at a time. */
const WANTED = 50;
/** Pages that are read one after the other before the reader is asked to go on. */
const MOST_PAGES = 5;

export interface HistoryQuery {
  readonly workflowId: string | null;
  readonly status: ExecutionFilter | null;
  /** Only what started in the last so many seconds; null for all. */
  readonly seconds: number | null;
}

/** A page with its query; its cursor is valid for that query only. */
export interface ListedPage extends ExecutionPage {
  readonly asked: ExecutionQuery;
  /** When that was: the newest executions that it can hold. */
  readonly askedAt: Nanos;
}

/** Returns the query of the API at a moment: "the last hour" begins later each time. */
export function asExecutionQuery(
  { workflowId, status, seconds }: HistoryQuery,
  nowMilliseconds: number,
): ExecutionQuery {
  const startedFrom =
    seconds === null ? null : nanosFromMilliseconds(nowMilliseconds - seconds * 1_000);
  return { workflowId, status, cursor: null, startedFrom, startedTo: null };
}

/** Creates the resource of the history's first page; it is read again and again. */
export function createHistory(
  source: CanvasSource,
  query: HistoryQuery,
  timer: Timer,
  now: () => number = Date.now,
): Resource<ListedPage> {
  return createResource(
    async (signal) => {
      const milliseconds = now();
      const asked = asExecutionQuery(query, milliseconds);
      const page = await source.listExecutions(asked, signal);
      return { ...page, asked, askedAt: nanosFromMilliseconds(milliseconds) };
    },
    timer,
    (page) => {
      if (page.passedOver > COSTLY_PASSED_OVER) return COSTLY_MILLISECONDS;
      return page.items.some(isUnfinished) ? POLL_MILLISECONDS : IDLE_MILLISECONDS;
    },
  );
}

/** Executions and those that cannot be read in one list, each of the latter where its start belongs. */
export function inOrder(
  executions: readonly Execution[],
  unreadable: readonly UnreadableExecution[],
): readonly (Execution | UnreadableExecution)[] {
  const left = [...unreadable].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const merged: (Execution | UnreadableExecution)[] = [];
  for (const execution of executions) {
    while (left[0] && left[0].startedAt >= execution.startedAt) merged.push(...left.splice(0, 1));
    merged.push(execution);
  }
  return [...merged, ...left];
}

/** Reads the pages after a page, until enough executions were found or `MOST_PAGES` were read. */
export async function readOn(
  source: CanvasSource,
  { asked, askedAt, nextCursor }: ListedPage,
  signal: AbortSignal,
): Promise<ListedPage> {
  const items: Execution[] = [];
  const unreadable: UnreadableExecution[] = [];
  let page: ExecutionPage = { items, passedOver: 0, lookedThrough: null, nextCursor };
  let passedOver = 0;
  for (let pages = 0; pages < MOST_PAGES && page.nextCursor !== null; pages += 1) {
    page = await source.listExecutions({ ...asked, cursor: page.nextCursor }, signal);
    items.push(...page.items);
    unreadable.push(...(page.unreadable ?? []));
    passedOver += page.passedOver;
    if (items.length >= WANTED) break;
  }
  return { ...page, items, unreadable, passedOver, asked, askedAt };
}

/** Whether a page ended because looking further would have taken too long, not because it was full. */
export function isCutShort({ items, nextCursor }: ExecutionPage): boolean {
  return nextCursor !== null && items.length < WANTED;
}

/** Two pages that follow each other, as one. */
export function joined(first: ListedPage, next: ListedPage): ListedPage {
  return {
    ...next,
    items: [...first.items, ...next.items],
    unreadable: [...(first.unreadable ?? []), ...(next.unreadable ?? [])],
    passedOver: first.passedOver + next.passedOver,
  };
}

/**
 * The first page as it is now, then what was read beyond it; no execution twice. Of what the first page has looked
 * through by now, it alone counts: what is not on it any more does not pass the filter any more.
 */
export function withOlder(first: ExecutionPage, older: readonly Execution[]): readonly Execution[] {
  const { items, lookedThrough } = first;
  if (lookedThrough === null) return items;
  const known = new Set(items.map(({ executionId }) => executionId));
  const isBeyond = ({ executionId, listedAt }: Execution): boolean =>
    listedAt <= lookedThrough && !known.has(executionId);
  return [...items, ...older.filter(isBeyond)];
}

/** What cannot be read on the first page as it is now, then what was read beyond it; nothing twice. */
export function withOlderUnreadable(
  first: ExecutionPage,
  older: ExecutionPage | null,
): readonly UnreadableExecution[] {
  const known = new Map<string, UnreadableExecution>();
  for (const one of [...(first.unreadable ?? []), ...(older?.unreadable ?? [])]) {
    if (!known.has(one.executionId)) known.set(one.executionId, one);
  }
  return [...known.values()];
}

/** Whether what was read before, from its first page on, continues the first page: nothing lies between them. */
export function continues(first: ExecutionPage, older: ListedPage): boolean {
  return first.lookedThrough === null || first.lookedThrough <= older.askedAt;
}
