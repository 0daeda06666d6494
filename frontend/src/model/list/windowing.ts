/** Which lines of a list with equal line heights are on the screen. */

export interface ListWindow {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** `overscan` is a number of lines, not of pixels. */
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

/** Whether the whole line stands in the part of the list that is on the screen. */
export function isShown(
  line: number,
  scrollTop: number,
  viewHeight: number,
  lineHeight: number,
): boolean {
  const top = line * lineHeight;
  return line >= 0 && top >= scrollTop && top + lineHeight <= scrollTop + viewHeight;
}
