/** Where the time of an execution went, told along its critical path, so that the parts add up to the whole. */

import type { PathStep } from "../trace/criticalPath";
import { kindHue } from "../labels/kinds";
import type { TimeScale } from "./timeScale";
import type { Row } from "../trace/trace";
import { children, type TraceIndex } from "../trace/traceIndex";
import type { Execution } from "../trace/execution";

const CATEGORIES = ["model", "tools", "own", "waiting", "backoff", "cold"] as const;
type TimeCategory = (typeof CATEGORIES)[number];

export const CATEGORY_LABELS: Readonly<Record<TimeCategory, string>> = {
  model: "model",
  tools: "tools",
  own: "own code",
  waiting: "waiting",
  backoff: "retry backoff",
  cold: "cold start",
};

export interface TimeShare {
  readonly category: TimeCategory;
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
  const sums: Record<TimeCategory, number> = {
    model: 0,
    tools: 0,
    own: 0,
    waiting: 0,
    backoff: 0,
    cold: 0,
  };
  const inside = new Map<number, Inside>();
  for (const step of steps) sums[categoryOf(index, step, scale, inside)] += step.to - step.from;

  const before = Number(scale.start - execution.beganAt);
  if (before > 0) sums[startsCold(index) ? "cold" : "waiting"] += before;
  const whole = CATEGORIES.reduce((sum, category) => sum + sums[category], 0);
  return CATEGORIES.filter((category) => sums[category] > 0)
    .map((category) => ({ category, nanos: sums[category], share: sums[category] / whole }))
    .sort((a, b) => b.nanos - a.nanos);
}

const TOOL_HUES: ReadonlySet<string> = new Set(["tool", "retrieval", "http"]);

function categoryOf(
  index: TraceIndex,
  step: PathStep,
  scale: TimeScale,
  known: Map<number, Inside>,
): TimeCategory {
  const row = index.rows[step.position];
  if (!row) return "own";
  if (row.marks.includes("wait")) return "waiting";
  const hue = hueOfWork(index, step.position);
  if (hue === "model") return "model";
  if (TOOL_HUES.has(hue)) return "tools";
  let inside = known.get(step.position);
  if (!inside) known.set(step.position, (inside = insideOf(index, step.position, scale)));
  // Between the end of one attempt and the start of the next, their node only waits.
  if (inside.firstAttemptEnd <= step.from && inside.lastAttemptStart >= step.to) return "backoff";
  // The root alone, with an invocation somewhere in it: nothing of ours was running.
  if (row.kind !== "workflow" || inside.invocations.length === 0) return "own";
  const isCold = inside.invocations.some(
    ({ marks, start }) =>
      marks.includes("cold_start") && isAt(Number(start - scale.start), step.to),
  );
  return isCold ? "cold" : "waiting";
}

/** What a span of no kind of its own, or a request, is part of: the model call or the tool around it, if there is one. */
function hueOfWork(index: TraceIndex, position: number): string {
  const own = kindHue(index.rows[position]?.kind ?? "");
  let hue: string = own;
  let above = position;
  while (hue === "other" || hue === "http") {
    above = index.parent[above] ?? -1;
    if (above < 0) return own;
    hue = kindHue(index.rows[above]?.kind ?? "");
  }
  return hue === "model" || TOOL_HUES.has(hue) ? hue : own;
}

/** What the children of a span say of the time in which none of them was at work. */
interface Inside {
  readonly firstAttemptEnd: number;
  readonly lastAttemptStart: number;
  readonly invocations: readonly Row[];
}

/** Nanoseconds as floating numbers: the same microsecond is the same moment. */
function isAt(one: number, other: number): boolean {
  return Math.abs(one - other) < 1_000;
}

/** Once a span, however many steps it has: a map of ten thousand items has as many. */
function insideOf(index: TraceIndex, position: number, scale: TimeScale): Inside {
  let firstAttemptEnd = Infinity;
  let lastAttemptStart = -Infinity;
  const invocations: Row[] = [];
  for (const child of children(index, position)) {
    const row = index.rows[child];
    if (row?.kind === "invocation") invocations.push(row);
    if (row?.kind !== "attempt") continue;
    if (row.end !== null) {
      firstAttemptEnd = Math.min(firstAttemptEnd, Number(row.end - scale.start));
    }
    lastAttemptStart = Math.max(lastAttemptStart, Number(row.start - scale.start));
  }
  return { firstAttemptEnd, lastAttemptStart, invocations };
}

function startsCold(index: TraceIndex): boolean {
  const first = index.rows.find((row) => row.kind === "invocation");
  return first?.marks.includes("cold_start") ?? false;
}
