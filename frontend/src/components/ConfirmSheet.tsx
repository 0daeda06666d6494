/** Asks before something is done that others will notice. The button that changes nothing has the focus. */

import { useEffect, useRef, useState, type ReactElement } from "react";
import { asProblem, type ProblemError } from "../model/problem";
import { Sheet } from "./Sheet";
import { InlineProblem } from "./states/ProblemView";

interface ConfirmSheetProps {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly verb: string;
  readonly isDestructive: boolean;
  readonly onConfirm: () => Promise<void>;
  /** Called when it was done; the sheet closes. */
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function ConfirmSheet(props: ConfirmSheetProps): ReactElement {
  const { title, sentences, verb, isDestructive, onConfirm, onDone, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  useEffect(() => cancel.current?.focus(), []);

  const confirm = (): void => {
    setIsBusy(true);
    setProblem(null);
    onConfirm().then(
      () => {
        onDone();
        dialog.current?.close();
      },
      (error: unknown) => {
        setProblem(asProblem(error));
        setIsBusy(false);
      },
    );
  };
  return (
    <Sheet dialog={dialog} label={title} title={title} className="sv-confirm" onClose={onClose}>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {problem && <InlineProblem problem={problem} subject="execution" />}
      <div className="sv-confirm-actions">
        <button
          type="button"
          ref={cancel}
          className="sv-button"
          onClick={() => dialog.current?.close()}
        >
          Cancel
        </button>
        <button
          type="button"
          className={`sv-button ${isDestructive ? "sv-danger" : "sv-primary"}`}
          disabled={isBusy}
          onClick={confirm}
        >
          {isBusy ? "…" : verb}
        </button>
      </div>
    </Sheet>
  );
}
