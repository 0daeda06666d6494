import type { ReactElement } from "react";
import { explain, type ProblemError } from "../../model/problem";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import type { IconName } from "../icons";

interface ProblemViewProps {
  readonly problem: ProblemError;
  /** What was asked for: `execution`, `span`, `list of workflows`. */
  readonly subject: string;
  readonly onRetry: () => void;
  readonly onSignIn?: (() => void) | undefined;
}

const ICON: Readonly<Record<ProblemError["kind"], IconName>> = {
  offline: "offline",
  unreadable: "untraced",
  unauthorised: "lock",
  forbidden: "lock",
  not_found: "search",
  invalid: "warning",
  conflict: "untraced",
  unavailable: "warning",
  contract: "warning",
};

/** Nothing could be read: what happened, what to do about it, and the way to try again. */
export function ProblemView(props: ProblemViewProps): ReactElement {
  const { problem, subject, onRetry, onSignIn } = props;
  const { title, advice, canRetry } = explain(problem, subject);
  return (
    <div className="sv-state" role="alert">
      <Icon name={ICON[problem.kind]} className="sv-state-icon" />
      <h2>{title}</h2>
      <p>{advice}</p>
      <div className="sv-state-actions">
        {problem.kind === "unauthorised" && onSignIn && (
          <button type="button" className="sv-button sv-primary" onClick={onSignIn}>
            Sign in
          </button>
        )}
        {canRetry && (
          <button type="button" className="sv-button" onClick={onRetry}>
            <Icon name="attempt" /> Retry
          </button>
        )}
      </div>
      <RequestId problem={problem} />
    </div>
  );
}

function RequestId({ problem }: { readonly problem: ProblemError }): ReactElement | null {
  const { status, requestId } = problem.details;
  if (requestId === undefined) return null;
  return (
    <p className="sv-state-small">
      {status} · request <code>{requestId}</code>
      <CopyButton text={requestId} what="request id" />
    </p>
  );
}

type OutOfDateProps = Omit<ProblemViewProps, "subject">;

/** Something is shown already: one line says that it may be old. */
export function OutOfDate({ problem, onRetry, onSignIn }: OutOfDateProps): ReactElement {
  const { title } = explain(problem, "execution");
  return (
    <div className="sv-out-of-date" role="status">
      <Icon name="warning" /> {title}. What you see may be out of date.
      {problem.kind === "unauthorised" && onSignIn ? (
        <button type="button" className="sv-link" onClick={onSignIn}>
          Sign in
        </button>
      ) : (
        <button type="button" className="sv-link" onClick={onRetry}>
          Retry now
        </button>
      )}
    </div>
  );
}
