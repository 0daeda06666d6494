/** Tokens and cost of each row with all that is under it. */

import type { TraceIndex } from "./traceIndex";

export interface Totals {
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  readonly costNanoUsd: Float64Array;
}

/**
 * A span that reports figures of its own stands for its subtree, since agents report the sum of
 * their calls; one that reports none is the sum of its children. O(rows).
 */
export function totals(index: TraceIndex): Totals {
  const count = index.rows.length;
  const inputTokens = new Float64Array(count);
  const outputTokens = new Float64Array(count);
  const costNanoUsd = new Float64Array(count);
  for (let position = count - 1; position >= 0; position -= 1) {
    const row = index.rows[position];
    if (!row) continue;
    if (row.usage) {
      inputTokens[position] = row.usage.inputTokens;
      outputTokens[position] = row.usage.outputTokens;
    }
    if (row.costNanoUsd !== null) costNanoUsd[position] = row.costNanoUsd;
    const above = index.parent[position] ?? -1;
    if (above < 0) continue;
    add(inputTokens, above, inputTokens[position]);
    add(outputTokens, above, outputTokens[position]);
    add(costNanoUsd, above, costNanoUsd[position]);
  }
  return { inputTokens, outputTokens, costNanoUsd };
}

function add(sums: Float64Array, position: number, amount: number | undefined): void {
  sums[position] = (sums[position] ?? 0) + (amount ?? 0);
}
