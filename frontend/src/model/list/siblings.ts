/** Groups many similar children, such as the items of a map, into one line with count, results and durations. */

import type { Row } from "../trace/trace";
import { children, isFailure, type TraceIndex } from "../trace/traceIndex";

/** The least number of similar siblings that form a group. */
const GROUP_FROM = 16;
/** The most failures that a closed group shows. */
const FAILURES_SHOWN = 20;

export interface SiblingGroup {
  /** Stable while the trace grows: the parent's span id and what the members have in common. */
  readonly key: string;
  readonly parentSpanId: string;
  /** What the members are called, a number in it as `#`. */
  readonly label: string;
  readonly kind: string;
  readonly members: Int32Array;
  readonly ok: number;
  readonly failed: number;
  readonly running: number;
  /** Nanoseconds; null while none has ended. */
  readonly p50: number | null;
  readonly p95: number | null;
  /** The members that are shown although the group is closed: its failures, in order. */
  readonly shown: ReadonlySet<number>;
}

export interface Siblings {
  readonly groups: readonly SiblingGroup[];
  /** Number of the group that a position belongs to, -1 for none. */
  readonly groupOf: Int32Array;
  readonly byKey: ReadonlyMap<string, SiblingGroup>;
}

/** Finds the groups of similar siblings in a trace. O(rows). */
export function groupSiblings(index: TraceIndex): Siblings {
  const groupOf = new Int32Array(index.rows.length).fill(-1);
  const groups: SiblingGroup[] = [];
  index.rows.forEach((row, position) => {
    const size = (index.subtreeEnd[position] ?? position + 1) - position - 1;
    if (size < GROUP_FROM) return;
    for (const [sort, members] of sortsOfChildren(index, position)) {
      if (members.length < GROUP_FROM) continue;
      for (const member of members) groupOf[member] = groups.length;
      groups.push(asGroup(index, row.spanId, sort, members));
    }
  });
  return { groups, groupOf, byKey: new Map(groups.map((group) => [group.key, group])) };
}

function sortsOfChildren(index: TraceIndex, position: number): Map<string, number[]> {
  const sorts = new Map<string, number[]>();
  for (const child of children(index, position)) {
    const row = index.rows[child];
    // Nodes are the structure of the workflow: they are never grouped.
    if (!row || row.kind === "node" || index.isPassedOver[child] === 1) continue;
    const sort = `${row.kind}:${labelOf(row)}`;
    const known = sorts.get(sort);
    if (known) known.push(child);
    else sorts.set(sort, [child]);
  }
  return sorts;
}

function labelOf(row: Row): string {
  return row.name.replace(/\d+/g, "#");
}

function asGroup(
  index: TraceIndex,
  parentSpanId: string,
  sort: string,
  members: readonly number[],
): SiblingGroup {
  const lengths: number[] = [];
  const shown = new Set<number>();
  let failed = 0;
  let running = 0;
  for (const position of members) {
    const row = index.rows[position];
    if (!row) continue;
    if (row.end !== null) lengths.push(Number(row.end - row.start));
    if (row.status === "running") running += 1;
    const isBad = isFailure(row);
    if (isBad) failed += 1;
    if (isBad && shown.size < FAILURES_SHOWN) shown.add(position);
  }
  lengths.sort((a, b) => a - b);
  const kind = sort.slice(0, sort.indexOf(":"));
  return {
    key: `group:${parentSpanId}:${sort}`,
    parentSpanId,
    label: sort.slice(kind.length + 1),
    kind,
    members: Int32Array.from(members),
    ok: members.length - failed - running,
    failed,
    running,
    p50: percentile(lengths, 0.5),
    p95: percentile(lengths, 0.95),
    shown,
  };
}

/** Returns a percentile of sorted values by nearest rank. */
function percentile(sorted: readonly number[], fraction: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? null;
}

/** Says whether a key is that of a group, not a span id. */
export function isGroupKey(key: string | null): boolean {
  return key?.startsWith("group:") ?? false;
}
