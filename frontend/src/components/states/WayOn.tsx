import { useContext, type ReactElement } from "react";
import { explain, needsSignIn, type ProblemError } from "../../model/problem";
import { Icon } from "../Icon";
import { SignIn } from "./SignIn";

interface WayOnProps {
  readonly problem: ProblemError;
  /** Omitted when there is nothing to retry. */
  readonly onRetry?: (() => void) | undefined;
  /** Within a line of text. */
  readonly isInline?: boolean;
}

/** The button after a problem: sign in again when the session has ended, else retry. */
export function WayOn({ problem, onRetry, isInline = false }: WayOnProps): ReactElement | null {
  const signIn = useContext(SignIn);
  if (needsSignIn(problem) && signIn !== null) {
    const look = isInline ? "sv-link" : "sv-button sv-primary";
    return (
      <button type="button" className={look} onClick={signIn}>
        Sign in again
      </button>
    );
  }
  // A host that offers no sign-in may have a new token by now.
  const canRetry = needsSignIn(problem) || explain(problem, "").canRetry;
  if (!canRetry || onRetry === undefined) return null;
  return (
    <button type="button" className={isInline ? "sv-link" : "sv-button"} onClick={onRetry}>
      {!isInline && <Icon name="attempt" />} Retry
    </button>
  );
}
