/** Tokens and cost of each row with all that is under it. */

import type { Row } from "./trace";
import type { TraceIndex } from "./traceIndex";

/** NaN where neither the row nor anything under it has reported a figure: that is not 0. */
export interface Totals {
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  readonly costNanoUsd: Float64Array;
}

/** Figures as they are shown; null is what nobody reported. */
export interface Amounts {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costNanoUsd: number | null;
}

/**
 * A span that reports figures of its own stands for its subtree, since agents report the sum of
 * their calls; one that reports none is the sum of its children. A call that another one beside it reports, too, keeps
 * its figures and adds nothing. O(rows).
 */
export function totals(index: TraceIndex): Totals {
  const count = index.rows.length;
  const inputTokens = new Float64Array(count).fill(NaN);
  const outputTokens = new Float64Array(count).fill(NaN);
  const costNanoUsd = new Float64Array(count).fill(NaN);
  for (let position = count - 1; position >= 0; position -= 1) {
    const row = index.rows[position];
    if (!row) continue;
    if (row.usage) {
      inputTokens[position] = row.usage.inputTokens ?? NaN;
      outputTokens[position] = row.usage.outputTokens ?? NaN;
    }
    if (row.costNanoUsd !== null) costNanoUsd[position] = row.costNanoUsd;
    const above = index.parent[position] ?? -1;
    if (above < 0 || row.marks.includes("repeated")) continue;
    add(inputTokens, above, inputTokens[position]);
    add(outputTokens, above, outputTokens[position]);
    add(costNanoUsd, above, costNanoUsd[position]);
  }
  return { inputTokens, outputTokens, costNanoUsd };
}

/** Whether a row is a model call that has ended well and reported no tokens. */
export function isSilent({ kind, usage, status, end }: Row): boolean {
  return kind === "model" && usage === null && status !== "error" && end !== null;
}

function add(sums: Float64Array, position: number, amount = NaN): void {
  if (Number.isNaN(amount)) return;
  const before = sums[position] ?? NaN;
  sums[position] = Number.isNaN(before) ? amount : before + amount;
}

/** Returns tokens and cost of a row with all that is under it. */
export function amountsAt(sums: Totals, position: number): Amounts {
  return {
    inputTokens: known(sums.inputTokens[position]),
    outputTokens: known(sums.outputTokens[position]),
    costNanoUsd: known(sums.costNanoUsd[position]),
  };
}

function known(amount = NaN): number | null {
  return Number.isNaN(amount) ? null : amount;
}

/** The sum of what is known of the two. */
export function added(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return one + other;
}

/** Of several rows together. */
export function amountsOf(sums: Totals, positions: Iterable<number>): Amounts {
  let inputTokens: number | null = null;
  let outputTokens: number | null = null;
  let costNanoUsd: number | null = null;
  for (const position of positions) {
    inputTokens = added(inputTokens, known(sums.inputTokens[position]));
    outputTokens = added(outputTokens, known(sums.outputTokens[position]));
    costNanoUsd = added(costNanoUsd, known(sums.costNanoUsd[position]));
  }
  return { inputTokens, outputTokens, costNanoUsd };
}
