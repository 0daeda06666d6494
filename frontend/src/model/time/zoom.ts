/** The part of the time axis that is seen, in nanoseconds from its start. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Closer than this a nanosecond clock has nothing to show. */
const CLOSEST = 1_000;
/** How much of the axis must be left out for a range to count as a zoom. */
const WHOLE = 0.999;

/** `range` moved and cut to lie on the axis; null when it is all of it. */
export function asZoom(range: Range, length: number): Range | null {
  const size = Math.max(CLOSEST, range.to - range.from);
  if (size >= length * WHOLE) return null;
  const from = Math.min(Math.max(0, range.from), length - size);
  return { from: Math.round(from), to: Math.round(from + size) };
}

/** Returns the visible part of the axis; without a zoom all of it. */
export function seenRange(zoom: Range | null, length: number): Range {
  return zoom ?? { from: 0, to: length };
}

/** Closer (factor under 1) or further away, with what lies at `anchor` (a fraction of the range) staying there. */
export function zoomedBy(range: Range, length: number, factor: number, anchor = 0.5): Range | null {
  const size = (range.to - range.from) * factor;
  const held = range.from + (range.to - range.from) * anchor;
  return asZoom({ from: held - size * anchor, to: held + size * (1 - anchor) }, length);
}

/** Moved by a fraction of what is seen. */
export function pannedBy(range: Range, length: number, fraction: number): Range | null {
  const by = (range.to - range.from) * fraction;
  return asZoom({ from: range.from + by, to: range.to + by }, length);
}

/** A stretch of time with a little room on both sides. */
export function zoomTo(from: number, to: number, length: number): Range | null {
  const room = Math.max((to - from) * 0.08, CLOSEST);
  return asZoom({ from: from - room, to: to + room }, length);
}

/** `1200000-3400000`, as it stands in links. */
export function formatZoom(zoom: Range): string {
  return `${zoom.from}-${zoom.to}`;
}

/** Reads a zoom from the URL; null for any other text. */
export function parseZoom(text: string | null): Range | null {
  const found = /^(\d{1,17})-(\d{1,17})$/.exec(text ?? "");
  if (!found) return null;
  const [from, to] = [Number(found[1]), Number(found[2])];
  return to > from ? { from, to } : null;
}

/** Says whether two ranges are equal. */
export function isSameRange(a: Range | null, b: Range | null): boolean {
  return a === b || (a !== null && b !== null && a.from === b.from && a.to === b.to);
}
