/** A panel under a button of the toolbar; Escape or a press outside closes it. */

import { useEffect, useRef, type ReactElement, type ReactNode, type RefObject } from "react";

interface PopoverProps {
  readonly label: string;
  readonly buttonRef: RefObject<HTMLButtonElement | null>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Popover({ label, buttonRef, onClose, children }: PopoverProps): ReactElement {
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const field = content.current?.querySelector<HTMLElement>("select, input");
    (field ?? content.current)?.focus();
  }, []);
  useEffect(() => {
    const press = (event: Event): void => {
      const path = event.composedPath();
      const isInside = [content.current, buttonRef.current].some(
        (part) => part && path.includes(part),
      );
      if (!isInside) onClose();
    };
    document.addEventListener("pointerdown", press);
    return () => document.removeEventListener("pointerdown", press);
  }, [onClose, buttonRef]);
  return (
    <div
      className="sv-popover"
      role="dialog"
      aria-label={label}
      ref={content}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
        buttonRef.current?.focus();
      }}
    >
      {children}
    </div>
  );
}
