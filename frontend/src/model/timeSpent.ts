/** Where the time of an execution went, told along its critical path, so that the parts add up to the whole. */

import type { PathStep } from "./criticalPath";
import { kindHue } from "./kinds";
import type { TimeScale } from "./timeScale";
import type { Row } from "./trace";
import { children, type TraceIndex } from "./traceIndex";
import type { Execution } from "./execution";

const PLACES = ["model", "tools", "own", "waiting", "backoff", "cold"] as const;
type TimePlace = (typeof PLACES)[number];

export const PLACE_LABELS: Readonly<Record<TimePlace, string>> = {
  model: "model",
  tools: "tools",
  own: "own code",
  waiting: "waiting",
  backoff: "retry backoff",
  cold: "cold start",
};

export interface TimeShare {
  readonly place: TimePlace;
  readonly nanos: number;
  /** Of the whole, 0 to 1. */
  readonly share: number;
}

/** Largest first; what took no time is left out. */
export function timeSpent(
  index: TraceIndex,
  steps: readonly PathStep[],
  scale: TimeScale,
  execution: Execution,
): readonly TimeShare[] {
  const sums: Record<TimePlace, number> = {
    model: 0,
    tools: 0,
    own: 0,
    waiting: 0,
    backoff: 0,
    cold: 0,
  };
  for (const step of steps) sums[placeOf(index, step, scale)] += step.to - step.from;

  const before = Number(scale.start - execution.startedAt);
  if (before > 0) sums[startsCold(index) ? "cold" : "waiting"] += before;
  const whole = PLACES.reduce((sum, place) => sum + sums[place], 0);
  return PLACES.filter((place) => sums[place] > 0)
    .map((place) => ({ place, nanos: sums[place], share: sums[place] / whole }))
    .sort((a, b) => b.nanos - a.nanos);
}

const TOOL_HUES: ReadonlySet<string> = new Set(["tool", "retrieval", "http"]);

function placeOf(index: TraceIndex, step: PathStep, scale: TimeScale): TimePlace {
  const row = index.rows[step.position];
  if (!row) return "own";
  const hue = kindHue(row.kind);
  if (hue === "model") return "model";
  if (TOOL_HUES.has(hue)) return "tools";
  if (isBetweenAttempts(index, step, scale)) return "backoff";
  // The root alone, with an invocation somewhere in it: nothing of ours was running.
  if (row.kind !== "workflow") return "own";
  const invocations = invocationsIn(index, step.position);
  if (invocations.length === 0) return "own";
  const isCold = invocations.some(
    ({ marks, start }) =>
      marks.includes("cold_start") && isAt(Number(start - scale.start), step.to),
  );
  return isCold ? "cold" : "waiting";
}

/** Between the end of one attempt and the start of the next, their node only waits. */
function isBetweenAttempts(index: TraceIndex, step: PathStep, scale: TimeScale): boolean {
  let hasBefore = false;
  let hasAfter = false;
  const end = index.subtreeEnd[step.position] ?? 0;
  for (let child = step.position + 1; child < end; child = index.subtreeEnd[child] ?? end) {
    const row = index.rows[child];
    if (row?.kind !== "attempt") continue;
    if (row.end !== null && Number(row.end - scale.start) <= step.from) hasBefore = true;
    if (Number(row.start - scale.start) >= step.to) hasAfter = true;
    if (hasBefore && hasAfter) return true;
  }
  return false;
}

function invocationsIn(index: TraceIndex, position: number): readonly Row[] {
  return [...children(index, position)]
    .flatMap((child) => index.rows[child] ?? [])
    .filter(({ kind }) => kind === "invocation");
}

/** Nanoseconds as floating numbers: the same microsecond is the same moment. */
function isAt(one: number, other: number): boolean {
  return Math.abs(one - other) < 1_000;
}

function startsCold(index: TraceIndex): boolean {
  const first = index.rows.find((row) => row.kind === "invocation");
  return first?.marks.includes("cold_start") ?? false;
}
