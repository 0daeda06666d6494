import { useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { isShown, listWindow, scrollToShow } from "../model/list/windowing";
import { lineOfSelection, type TraceView } from "../state/traceView";

/** Lines drawn beyond each edge, so that fast scrolling shows no gaps. */
const OVERSCAN = 12;
/** Lines that go by before others are drawn: a scroll that stays within them costs no script at all. */
const STEP = 6;
/** Lines that stay visible around a selection that moves. */
const MARGIN = 2;
/** Pixels of the list in which lines are seen: its head stands over the rest. */
function portHeight(scroller: HTMLElement): number {
  const head = scroller.querySelector<HTMLElement>(".sv-list-top");
  return scroller.clientHeight - (head?.offsetHeight ?? 0);
}

/**
 * Positions of the lines to draw: those on the screen, and the selected one wherever it is, since
 * a screen reader follows it by its element. Also keeps the scroll where it belongs: at the
 * selection when it moves, and still when lines arrive above what the reader looks at.
 */
export function useListWindow(
  scroller: RefObject<HTMLElement | null>,
  view: TraceView,
  lineHeight: number,
): readonly number[] {
  const [port, setPort] = useState({ top: 0, height: 800 });
  const anchor = useRef<{ key: string; offset: number } | null>(null);
  const { lines, revealSerial } = view;
  const selectedLine = useMemo(() => lineOfSelection(view), [view]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const read = (): void =>
      setPort((before) => {
        const height = portHeight(element);
        const step = STEP * lineHeight;
        const top = Math.floor(element.scrollTop / step) * step;
        return before.top === top && before.height === height ? before : { top, height };
      });
    read();
    element.addEventListener("scroll", read, { passive: true });
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", read);
      observer.disconnect();
    };
  }, [scroller, lineHeight]);

  // Lines that came or went above the first visible one must not move what is under the pointer.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const held = anchor.current;
    const at = held ? lines.findIndex((line) => line.key === held.key) : -1;
    if (held && at >= 0) {
      const wanted = at * lineHeight + held.offset;
      if (Math.abs(wanted - element.scrollTop) >= 1) element.scrollTo({ top: wanted });
    }
    const hold = (): void => {
      const first = Math.floor(element.scrollTop / lineHeight);
      const line = lines[first];
      anchor.current =
        line && element.scrollTop > 0
          ? { key: line.key, offset: element.scrollTop - first * lineHeight }
          : null;
    };
    hold();
    element.addEventListener("scroll", hold, { passive: true });
    return () => element.removeEventListener("scroll", hold);
  }, [scroller, lines, lineHeight]);

  // What stands above and below the list comes when it is ready and takes room from it.
  const selected = useRef(selectedLine);
  useLayoutEffect(() => {
    selected.current = selectedLine;
  }, [selectedLine]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let before = portHeight(element);
    const observer = new ResizeObserver(() => {
      const height = portHeight(element);
      const { scrollTop } = element;
      const line = selected.current;
      if (height < before && isShown(line, scrollTop, before, lineHeight)) {
        element.scrollTo({ top: scrollToShow(line, scrollTop, height, lineHeight, MARGIN) });
      }
      before = height;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, lineHeight]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || selectedLine < 0) return;
    const top = scrollToShow(
      selectedLine,
      element.scrollTop,
      portHeight(element),
      lineHeight,
      MARGIN,
    );
    element.scrollTo({ top });
    // Only when asked for: a live trace that grows must not pull the reader back to the selection.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [revealSerial, scroller, lineHeight]);

  return useMemo(() => {
    const { first, end } = listWindow(port.top, port.height, lineHeight, lines.length, OVERSCAN);
    const drawn = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
    if (selectedLine >= 0 && (selectedLine < first || selectedLine >= end))
      drawn.push(selectedLine);
    return drawn;
  }, [port, lines, lineHeight, selectedLine]);
}
