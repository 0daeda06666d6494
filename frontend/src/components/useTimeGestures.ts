import { useEffect, useRef, type RefObject } from "react";
import type { TraceStore } from "../state/traceStore";

/** How much a notch of the wheel zooms, as an exponent a pixel. */
const ZOOM_A_PIXEL = 0.0022;
const LEAST_DRAG = 5;

/**
 * Wheel and drag over the bars: ctrl or cmd with the wheel zooms at the pointer, shift with the wheel
 * and a sideways wheel pan, a drag pans what is zoomed. `axis` says where the bars' column lies.
 */
export function useTimeGestures(
  list: RefObject<HTMLElement | null>,
  axis: RefObject<HTMLElement | null>,
  store: TraceStore,
): void {
  const isDragging = useRef(false);
  useEffect(() => {
    const element = list.current;
    if (!element) return undefined;

    const fraction = (clientX: number): number | null => {
      const box = axis.current?.getBoundingClientRect();
      if (!box || box.width === 0) return null;
      const at = (clientX - box.left) / box.width;
      return at >= -0.02 && at <= 1.02 ? Math.min(1, Math.max(0, at)) : null;
    };

    const turn = (event: WheelEvent): void => {
      const at = fraction(event.clientX);
      const width = axis.current?.clientWidth ?? 1;
      if ((event.ctrlKey || event.metaKey) && at !== null) {
        event.preventDefault();
        store.zoomBy(Math.exp(event.deltaY * ZOOM_A_PIXEL), at);
        return;
      }
      const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX;
      if (!event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
      if (store.get().zoom === null) return;
      event.preventDefault();
      store.panBy(sideways / width);
    };

    const grab = (down: PointerEvent): void => {
      const isOnBars = (down.target as Element).closest(".sv-bar-cell") !== null;
      if (down.button !== 0 || down.pointerType === "touch" || !isOnBars) return;
      if (store.get().zoom === null || fraction(down.clientX) === null) return;
      const width = axis.current?.clientWidth ?? 1;
      let last = down.clientX;
      const move = (event: PointerEvent): void => {
        if (!isDragging.current && Math.abs(event.clientX - down.clientX) < LEAST_DRAG) return;
        isDragging.current = true;
        store.panBy((last - event.clientX) / width);
        last = event.clientX;
      };
      const end = (): void => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", end);
        // The click that follows the drag must not choose a span.
        setTimeout(() => (isDragging.current = false));
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", end);
    };
    const swallow = (event: MouseEvent): void => {
      if (isDragging.current) event.stopPropagation();
    };

    element.addEventListener("wheel", turn, { passive: false });
    element.addEventListener("pointerdown", grab);
    element.addEventListener("click", swallow, { capture: true });
    return () => {
      element.removeEventListener("wheel", turn);
      element.removeEventListener("pointerdown", grab);
      element.removeEventListener("click", swallow, { capture: true });
    };
  }, [list, axis, store]);
}
