/** How values are spread, in equally wide bins. */

export interface Histogram {
  readonly counts: readonly number[];
  readonly from: number;
  readonly to: number;
  /** The most in any bin. */
  readonly most: number;
}

/** Null without values; all equal values fall into the first bin. */
export function histogram(values: readonly number[], bins: number): Histogram | null {
  if (values.length === 0) return null;
  let from = Infinity;
  let to = -Infinity;
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  const counts = new Array<number>(bins).fill(0);
  const width = (to - from) / bins;
  for (const value of values) {
    const bin = width === 0 ? 0 : Math.min(bins - 1, Math.floor((value - from) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { counts, from, to, most: Math.max(...counts) };
}
