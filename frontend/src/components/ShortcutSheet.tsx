import { useRef, type ReactElement } from "react";
import { SHORTCUT_GROUPS, shortcutLines } from "./keys";
import { Sheet } from "./Sheet";

interface ShortcutSheetProps {
  readonly onClose: () => void;
}

export function ShortcutSheet({ onClose }: ShortcutSheetProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <Sheet
      dialog={dialog}
      label="Keyboard shortcuts"
      title="Keyboard"
      className="sv-key-sheet"
      onClose={onClose}
    >
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
    </Sheet>
  );
}
