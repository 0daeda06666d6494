/** Sorts siblings in the list by an amount; parents stay above their children. */

import type { Nanos } from "../time/time";
import { spanLength } from "../time/timeScale";
import { added, amountsAt, amountsOf, totals, type Amounts, type Totals } from "../trace/totals";
import type { TraceIndex } from "../trace/traceIndex";
import type { GroupLine, Line } from "./visibleRows";

export const AMOUNTS = ["duration", "tokens", "cost"] as const;
type Amount = (typeof AMOUNTS)[number];

export interface Sort {
  readonly by: Amount;
  readonly isLargestFirst: boolean;
}

/** A line with the lines below it; the members of a group are below the group. */
interface Branch {
  readonly line: Line | null;
  readonly amount: number;
  readonly branches: Branch[];
  /** Groups among `branches`, by their members. */
  readonly groups: { readonly members: ReadonlySet<number>; readonly branch: Branch }[];
}

/** Returns the lines sorted. Stable; lines without an amount come last. O(lines log lines), no recursion. */
export function sortedLines(
  lines: readonly Line[],
  index: TraceIndex,
  servedAt: Nanos,
  sort: Sort,
): readonly Line[] {
  const sums = totals(index);
  const root = asBranch(null, 0);
  const open: Branch[] = [root];
  for (const line of lines) {
    const depth = line.type === "absent" ? 1 : line.depth;
    open.length = Math.min(open.length, depth + 1);
    const above = open[open.length - 1] ?? root;
    const branch = asBranch(line, amountOf(line, index, sums, servedAt, sort.by));
    groupAround(above, line).branches.push(branch);
    if (line.type === "group") {
      above.groups.push({ members: new Set(line.group.members), branch });
    } else {
      open.push(branch);
    }
  }
  return flattened(root, sort.isLargestFirst ? -1 : 1);
}

function asBranch(line: Line | null, amount: number): Branch {
  return { line, amount, branches: [], groups: [] };
}

function groupAround(above: Branch, line: Line): Branch {
  if (line.type !== "span") return above;
  return above.groups.find(({ members }) => members.has(line.position))?.branch ?? above;
}

function flattened(root: Branch, sign: 1 | -1): readonly Line[] {
  const found: Line[] = [];
  const waiting: Branch[] = [root];
  for (let branch = waiting.pop(); branch; branch = waiting.pop()) {
    if (branch.line) found.push(branch.line);
    const { branches } = branch;
    branches.sort((a, b) => compared(a.amount, b.amount, sign));
    for (let at = branches.length - 1; at >= 0; at -= 1) {
      const next = branches[at];
      if (next) waiting.push(next);
    }
  }
  return found;
}

function compared(one: number, other: number, sign: 1 | -1): number {
  if (Number.isNaN(one) || Number.isNaN(other))
    return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  return (one - other) * sign;
}

/** NaN where there is none. */
function amountOf(
  line: Line,
  index: TraceIndex,
  sums: Totals,
  servedAt: Nanos,
  by: Amount,
): number {
  switch (line.type) {
    case "absent":
      return Number.NaN;
    case "group":
      return by === "duration" ? (line.group.p50 ?? Number.NaN) : sumOf(line, sums, by);
    case "span": {
      const row = index.rows[line.position];
      if (!row) return Number.NaN;
      if (by === "duration") return Number(spanLength(row, servedAt) ?? Number.NaN);
      return chosen(amountsAt(sums, line.position), by);
    }
  }
}

function sumOf({ group }: GroupLine, sums: Totals, by: Amount): number {
  return chosen(amountsOf(sums, group.members), by);
}

function chosen({ inputTokens, outputTokens, costNanoUsd }: Amounts, by: Amount): number {
  return (by === "cost" ? costNanoUsd : added(inputTokens, outputTokens)) ?? Number.NaN;
}
