/** A dialog over the page, with a title and a way out. */

import { useEffect, type ReactElement, type ReactNode, type RefObject } from "react";
import { Icon } from "./Icon";

interface SheetProps {
  readonly dialog: RefObject<HTMLDialogElement | null>;
  /** What it is called when it is read aloud. */
  readonly label: string;
  readonly title: string;
  readonly className: string;
  /** Beside the title. */
  readonly note?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Sheet(props: SheetProps): ReactElement {
  const { dialog, label, title, className, note, onClose, children } = props;
  useEffect(() => dialog.current?.showModal(), [dialog]);
  return (
    <dialog ref={dialog} className={`sv-sheet ${className}`} onClose={onClose} aria-label={label}>
      <header>
        <h2>{title}</h2>
        {note}
        <span className="sv-toolbar-gap" />
        <button
          type="button"
          className="sv-icon-button"
          onClick={() => dialog.current?.close()}
          aria-label="Close"
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
