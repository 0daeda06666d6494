import { useLayoutEffect, useMemo, useRef, type RefObject } from "react";
import type { Line } from "../model/list/visibleRows";
import { isShown, listWindow, scrollToShow } from "../model/list/windowing";
import { createStore, type Readable } from "../state/store";
import { lineOfSelection, type TraceView } from "../state/traceView";
import { useReadable } from "./useReadable";

/** Lines drawn beyond each edge, so that fast scrolling shows no gaps. */
const OVERSCAN = 12;
/** Lines that go by before others are drawn: a scroll that stays within them costs no script at all. */
const STEP = 6;
/** Lines that stay visible around a selection that moves. */
const MARGIN = 2;

/** What is seen of a list: pixels scrolled, in whole steps, and the height in which lines are seen. */
export interface Port {
  readonly top: number;
  /** Null before it is measured: no line is drawn until then, as its room is not known. */
  readonly height: number | null;
}

const NOT_MEASURED: Port = { top: 0, height: null };

/** The list's own head, which stands over the lines. */
function headOf(scroller: HTMLElement): HTMLElement | null {
  return scroller.querySelector<HTMLElement>(".sv-list-top");
}

/** Pixels of the list in which lines are seen: its head stands over the rest. */
function portHeight(scroller: HTMLElement): number {
  return scroller.clientHeight - (headOf(scroller)?.offsetHeight ?? 0);
}

interface Anchor {
  readonly key: string;
  readonly offset: number;
}

/** The first line that is seen, and how much of it is not. */
function anchorAt(lines: readonly Line[], scrollTop: number, lineHeight: number): Anchor | null {
  const first = Math.floor(scrollTop / lineHeight);
  const line = lines[first];
  return line && scrollTop > 0 ? { key: line.key, offset: scrollTop - first * lineHeight } : null;
}

/**
 * What is seen of the list. Keeps the scroll where it belongs: at the selection when it moves, and still when lines
 * arrive above what the reader looks at. Scrolling renders only those who read the port.
 */
export function useListPort(
  scroller: RefObject<HTMLElement | null>,
  view: TraceView,
  lineHeight: number,
): Readable<Port> {
  const port = useMemo(() => createStore(NOT_MEASURED), []);
  const anchor = useRef<Anchor | null>(null);
  const { lines, revealSerial } = view;
  const selectedLine = useMemo(() => lineOfSelection(view), [view]);
  const latest = useRef({ lines, selectedLine });

  // Lines that came or went above the first visible one must not move what is under the pointer.
  useLayoutEffect(() => {
    latest.current = { lines, selectedLine };
  }, [lines, selectedLine]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const held = anchor.current;
    const at = held ? lines.findIndex((line) => line.key === held.key) : -1;
    if (held && at >= 0) {
      const wanted = at * lineHeight + held.offset;
      if (Math.abs(wanted - element.scrollTop) >= 1) element.scrollTo({ top: wanted });
    }
    anchor.current = anchorAt(lines, element.scrollTop, lineHeight);
  }, [scroller, lines, lineHeight]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const step = STEP * lineHeight;
    const show = (scrollTop: number, height: number | null): void => {
      const top = Math.floor(scrollTop / step) * step;
      const before = port.get();
      if (before.top !== top || before.height !== height) port.set({ top, height });
    };
    const scroll = (): void => {
      const { scrollTop } = element;
      anchor.current = anchorAt(latest.current.lines, scrollTop, lineHeight);
      show(scrollTop, port.get().height);
    };
    // What stands above and below the list comes when it is ready and takes room from it.
    const resize = (): void => {
      const before = port.get().height ?? 0;
      const height = portHeight(element);
      const { scrollTop } = element;
      const line = latest.current.selectedLine;
      show(scrollTop, height);
      if (height < before && isShown(line, scrollTop, before, lineHeight)) {
        element.scrollTo({ top: scrollToShow(line, scrollTop, height, lineHeight, MARGIN) });
      }
    };
    resize();
    element.addEventListener("scroll", scroll, { passive: true });
    const observer = new ResizeObserver(resize);
    observer.observe(element);
    const head = headOf(element);
    if (head) observer.observe(head);
    return () => {
      element.removeEventListener("scroll", scroll);
      observer.disconnect();
    };
  }, [scroller, port, lineHeight]);

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

  return port;
}

/**
 * Positions of the lines to draw: those on the screen, and the selected one wherever it is, since a screen reader
 * follows it by its element.
 */
export function useListWindow(
  port: Readable<Port>,
  view: TraceView,
  lineHeight: number,
): readonly number[] {
  const { top, height } = useReadable(port);
  const { lines } = view;
  const selectedLine = useMemo(() => lineOfSelection(view), [view]);
  return useMemo(() => {
    if (height === null) return [];
    const { first, end } = listWindow(top, height, lineHeight, lines.length, OVERSCAN);
    const drawn = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
    if (selectedLine >= 0 && (selectedLine < first || selectedLine >= end))
      drawn.push(selectedLine);
    return drawn;
  }, [top, height, lines, lineHeight, selectedLine]);
}
