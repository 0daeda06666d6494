/** Shows the result of a key press or button in a few words at the edge of the tab. */

import { useCallback, useEffect, useState, type ReactElement } from "react";
import { asProblem, explain, type ProblemError } from "../model/problem";
import { Icon } from "./Icon";
import { WayOn } from "./states/WayOn";

interface NoticeText {
  readonly words: string;
  /** Why an action failed; the notice then stays until it is dismissed, since it offers an action. */
  readonly problem: ProblemError | null;
}

const NOTHING: NoticeText = { words: "", problem: null };
const SHOWN_MILLISECONDS = 2_000;

interface Notices {
  readonly notice: NoticeText;
  readonly say: (words: string) => void;
  /** Shows what the promise resolves to (null: nothing); if it fails, that `subject` could not be read. */
  readonly tell: (outcome: Promise<string | null>, subject: string) => void;
  readonly dismiss: () => void;
}

/** Returns the current notice of the tab, and how to give and dismiss one. */
export function useNotice(): Notices {
  const [notice, setNotice] = useState(NOTHING);
  useEffect(() => {
    if (notice.words === "" || notice.problem !== null) return undefined;
    const handle = setTimeout(() => setNotice(NOTHING), SHOWN_MILLISECONDS);
    return () => clearTimeout(handle);
  }, [notice]);
  const say = useCallback((words: string) => setNotice({ words, problem: null }), []);
  const tell = useCallback((outcome: Promise<string | null>, subject: string) => {
    outcome.then(
      (words) => setNotice({ words: words ?? "", problem: null }),
      (error: unknown) => {
        const problem = asProblem(error);
        setNotice({ words: explain(problem, subject).title, problem });
      },
    );
  }, []);
  const dismiss = useCallback(() => setNotice(NOTHING), []);
  return { notice, say, tell, dismiss };
}

interface NoticeProps {
  readonly notice: NoticeText;
  readonly onDismiss: () => void;
}

export function Notice({ notice, onDismiss }: NoticeProps): ReactElement {
  const { words, problem } = notice;
  return (
    <div className="sv-notice" role="status">
      {words}
      {problem && (
        <>
          {"."} <WayOn problem={problem} isInline />
          <button
            type="button"
            className="sv-icon-button"
            onClick={onDismiss}
            aria-label="Dismiss"
            title="Dismiss"
          >
            <Icon name="close" />
          </button>
        </>
      )}
    </div>
  );
}
