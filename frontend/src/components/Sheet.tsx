/** A dialog over the page, with a title and a button that closes it. */

import { useEffect, useRef, type ReactElement, type ReactNode, type RefObject } from "react";
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

interface ProblemSheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function ProblemSheet({ title, onClose, children }: ProblemSheetProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <Sheet dialog={dialog} label={title} title={title} className="" onClose={onClose}>
      {children}
    </Sheet>
  );
}

/** Returns the sheet that shows why a lazily loaded sheet could not be loaded. */
export function inSheet(title: string) {
  return (problem: ReactElement, { onClose }: { readonly onClose: () => void }): ReactElement => (
    <ProblemSheet title={title} onClose={onClose}>
      {problem}
    </ProblemSheet>
  );
}
