import type { KeyboardEvent, PointerEvent, ReactElement } from "react";

interface SplitterProps {
  readonly label: string;
  /** Size in pixels of the part that the splitter resizes. */
  readonly size: number;
  readonly least: number;
  readonly most: number;
  /** 1: dragging right makes the part larger; -1: the part stands right of the splitter. */
  readonly direction: 1 | -1;
  readonly onResize: (size: number) => void;
}

const KEY_STEP = 24;

/** A vertical edge that is dragged, or moved with the arrow keys. */
export function Splitter(props: SplitterProps): ReactElement {
  const { label, size, least, most, direction, onResize } = props;
  const resize = (wanted: number): void =>
    onResize(Math.round(Math.min(most, Math.max(least, wanted))));

  const drag = (down: PointerEvent<HTMLDivElement>): void => {
    const handle = down.currentTarget;
    const startX = down.clientX;
    handle.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent): void =>
      resize(size + (event.clientX - startX) * direction);
    const end = (): void => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };

  const press = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? KEY_STEP : event.key === "ArrowLeft" ? -KEY_STEP : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    resize(size + step * direction);
  };

  return (
    <div
      className="sv-splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={press}
    />
  );
}
