/** One run of a workflow, as the history and the tab's header show it. */

import { laterOf, type Nanos } from "../time/time";

export const EXECUTION_STATUSES = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "lost",
  "untraced",
  "waiting",
  "cancelled",
  "deleted",
] as const;

export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** What the history can be filtered by: a status, or those that succeeded although spans below failed. */
export const EXECUTION_FILTERS = [...EXECUTION_STATUSES, "succeeded_with_errors"] as const;

export type ExecutionFilter = (typeof EXECUTION_FILTERS)[number];

export interface Cause {
  readonly nodeId: string | null;
  readonly spanId: string | null;
  readonly errorType: string;
  readonly message: string;
}

export interface Usage {
  /** Null: not reported, which is not the same as 0. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

export interface Counters extends Usage {
  /** All that have arrived, ended or not. */
  readonly spans: number;
  /** Spans that failed or are lost. */
  readonly errors: number;
  /** Null where the price of no model call is known. */
  readonly costNanoUsd: number | null;
  /** Generations whose model has no known price: the cost is then a lower bound. */
  readonly unpriced: number;
  /** Model calls that have not failed and have reported no tokens: the tokens and the cost leave them out. */
  readonly unreportedCalls: number;
  readonly dropped: number;
}

/** Who has deleted an execution, and when; `status` is the one that it had before. */
export interface Deletion {
  readonly deletedAt: Nanos;
  readonly deletedBy: string;
  readonly status: ExecutionStatus;
  /** False while stored copies are still being deleted. */
  readonly isComplete: boolean;
}

/** Who keeps an execution from expiring and from being deleted, and since when. */
export interface Hold {
  readonly heldAt: Nanos;
  readonly heldBy: string;
}

/** Node ids: what the workflow should run against what its trace holds; empty in the history. */
export interface Completeness {
  readonly expected: readonly string[];
  readonly received: readonly string[];
  readonly missing: readonly string[];
}

/** How the exporters of the function fared, as it said at the end; null where it said nothing. */
export interface Exporters {
  /** "ok", or "incomplete": not all spans could be stored. */
  readonly store: string | null;
  /** "ok", "failing" or "open" (nothing is sent for a while); null where no endpoint is configured. */
  readonly otlp: string | null;
  readonly otlpFailingSince: Nanos | null;
  readonly otlpReason: string | null;
  readonly otlpDropped: number;
  /** Why it has not got them, in the words of the API; empty where nothing is said. */
  readonly otlpDroppedBy: readonly string[];
}

export interface Execution {
  readonly executionId: string;
  /** What its sender calls it, where that is no execution id. */
  readonly externalId?: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly traceId: string;
  readonly status: ExecutionStatus;
  /** When it was queued, or begun where nobody queued it. */
  readonly startedAt: Nanos;
  /** When its function began: its start, where it was not queued before. */
  readonly beganAt: Nanos;
  /** Its place in the history: its start, unless that is out of sight. */
  readonly listedAt: Nanos;
  readonly endedAt: Nanos | null;
  readonly deadline: Nanos | null;
  readonly cause: Cause | null;
  readonly counters: Counters;
  readonly completeness: Completeness;
  readonly exporters: Exporters;
  readonly startedBy: string;
  /** The session or conversation that it is part of; null where its spans say none. */
  readonly sessionId: string | null;
  /** Set where it has been deleted: its ids, times and totals are left. */
  readonly deletion?: Deletion;
  /** Set while it neither expires nor may be deleted. */
  readonly hold?: Hold;
  /** Unix seconds: when the store deletes it. */
  readonly expiresAt: number | null;
  readonly traceUrl: string | null;
  /** A newer version of Spanvas has written it: there may be more to it than the API knows. */
  readonly isNewer?: boolean;
  /** The backend that the spans were read from, as `tempo`; absent where they are stored here. */
  readonly spansFrom?: string;
  /** That backend alone knows of it: there is nothing here to hold or to delete. */
  readonly isUnregistered?: boolean;
}

/** One that is stored and cannot be read: what its keys say of it. */
export interface UnreadableExecution {
  readonly executionId: string;
  readonly startedAt: Nanos;
  readonly why: "newer_version" | "malformed";
}

/** Says whether the API could read the execution. */
export function isReadable(entry: Execution | UnreadableExecution): entry is Execution {
  return !("why" in entry);
}

/** Whether the history has an execution before another, oldest first. */
export function isListedBefore(one: Execution, other: Execution): boolean {
  if (one.listedAt !== other.listedAt) return one.listedAt < other.listedAt;
  return one.executionId < other.executionId;
}

/** Returns the id that the sender of the execution knows. */
export function senderId(execution: Execution): string {
  return execution.externalId ?? execution.executionId;
}

/** Says whether the execution is queued or runs. */
export function isUnfinished(execution: Execution): boolean {
  return execution.status === "queued" || execution.status === "running";
}

/** How long it took, or takes up to now; null where its end is not known. The one duration of an execution. */
export function executionLength(execution: Execution, now: Nanos): Nanos | null {
  const end = execution.endedAt ?? (isUnfinished(execution) ? now : null);
  return end === null ? null : laterOf(end, execution.beganAt) - execution.beganAt;
}

/** Returns the name for people of the backend that spans are read from: `Tempo` for `tempo`. */
export function nameOfSource(source: string): string {
  return source.charAt(0).toUpperCase() + source.slice(1);
}
