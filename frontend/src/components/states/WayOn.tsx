import { useContext, type ReactElement } from "react";
import { explain, needsSignIn, type ProblemError } from "../../model/problem";
import { Icon } from "../Icon";
import { SignIn } from "./SignIn";

interface WayOnProps {
  readonly problem: ProblemError;
  /** Left out where there is nothing to try again. */
  readonly onRetry?: (() => void) | undefined;
  /** Within a line of text. */
  readonly isInline?: boolean;
}

/** What can be pressed after a problem: sign in again when the session has ended, else try again. */
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
  // A host without a sign-in of its own may have a new token by now.
  const canRetry = needsSignIn(problem) || explain(problem, "").canRetry;
  if (!canRetry || onRetry === undefined) return null;
  return (
    <button type="button" className={isInline ? "sv-link" : "sv-button"} onClick={onRetry}>
      {!isInline && <Icon name="attempt" />} Retry
    </button>
  );
}
