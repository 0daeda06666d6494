/** Computes which lines of a list are on the screen; all lines have the same height. */

export interface ListWindow {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** Returns the lines to draw. `overscan` is a number of lines beyond each edge. */
export function listWindow(
  scrollTop: number,
  viewHeight: number,
  lineHeight: number,
  lineCount: number,
  overscan: number,
): ListWindow {
  const first = Math.floor(scrollTop / lineHeight) - overscan;
  const end = Math.ceil((scrollTop + viewHeight) / lineHeight) + overscan;
  return {
    first: Math.min(Math.max(0, first), lineCount),
    end: Math.max(0, Math.min(end, lineCount)),
  };
}

/** The scroll position that brings a line into view, moved no further than needed. */
export function scrollToShow(
  line: number,
  scrollTop: number,
  viewHeight: number,
  lineHeight: number,
  margin: number,
): number {
  const top = line * lineHeight;
  const room = Math.min(margin * lineHeight, Math.max(0, (viewHeight - lineHeight) / 2));
  if (top - room < scrollTop) return Math.max(0, top - room);
  if (top + lineHeight + room > scrollTop + viewHeight) return top + lineHeight + room - viewHeight;
  return scrollTop;
}

/** Says whether the whole line is on the screen. */
export function isShown(
  line: number,
  scrollTop: number,
  viewHeight: number,
  lineHeight: number,
): boolean {
  const top = line * lineHeight;
  return line >= 0 && top >= scrollTop && top + lineHeight <= scrollTop + viewHeight;
}
