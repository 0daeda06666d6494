import { useEffect, useRef, type ReactElement } from "react";
import { Icon } from "./Icon";
import { SHORTCUT_GROUPS, shortcutLines } from "./keys";

interface ShortcutSheetProps {
  readonly onClose: () => void;
}

export function ShortcutSheet({ onClose }: ShortcutSheetProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className="sv-sheet sv-key-sheet"
      onClose={onClose}
      aria-label="Keyboard shortcuts"
    >
      <header>
        <h2>Keyboard</h2>
        <button
          type="button"
          className="sv-icon-button"
          onClick={() => dialog.current?.close()}
          aria-label="Close"
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="sv-keys">
        {SHORTCUT_GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {shortcutLines(group).map(({ what, keys }) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
