import type { ReactElement } from "react";
import { explain, needsSignIn, type ProblemError } from "../../model/problem";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import type { IconName } from "../icons";
import { WayOn } from "./WayOn";

interface ProblemViewProps {
  readonly problem: ProblemError;
  /** What was asked for: `execution`, `span`, `list of workflows`. */
  readonly subject: string;
  readonly onRetry: () => void;
}

const ICON: Readonly<Record<ProblemError["kind"], IconName>> = {
  offline: "offline",
  unreadable: "untraced",
  unauthorised: "lock",
  sign_in: "lock",
  forbidden: "lock",
  not_found: "search",
  gone: "search",
  invalid: "warning",
  conflict: "untraced",
  unavailable: "warning",
  contract: "warning",
};

/** Nothing could be read: what happened, what to do about it, and the way on. */
export function ProblemView({ problem, subject, onRetry }: ProblemViewProps): ReactElement {
  const { title, advice } = explain(problem, subject);
  return (
    <div className="sv-state" role="alert">
      <Icon name={ICON[problem.kind]} className="sv-state-icon" />
      <h2>{title}</h2>
      <p>{advice}</p>
      <div className="sv-state-actions">
        <WayOn problem={problem} onRetry={onRetry} />
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

interface OutOfDateProps {
  readonly problem: ProblemError;
  /** What is shown: `execution`, `history`. */
  readonly subject: string;
  readonly onRetry: () => void;
}

/** Something is shown already: one line says that it may be old, and why. */
export function OutOfDate({ problem, subject, onRetry }: OutOfDateProps): ReactElement {
  return (
    <div className="sv-out-of-date" role="status">
      <Icon name="warning" />
      <span>
        {inALine(problem, subject)} What you see may be out of date.{" "}
        <WayOn problem={problem} onRetry={onRetry} isInline />
      </span>
    </div>
  );
}

interface InlineProblemProps {
  /** What did not come about, as a sentence; where it is plain from the place, left out. */
  readonly what?: string;
  readonly problem: ProblemError;
  readonly subject: string;
  readonly onRetry?: () => void;
}

/** Something beside what is shown did not work: a line with the reason and the way on. */
export function InlineProblem(props: InlineProblemProps): ReactElement {
  const { what, problem, subject, onRetry } = props;
  return (
    <p className="sv-inline-problem" role="alert">
      <Icon name="warning" /> {what} {inALine(problem, subject)}{" "}
      <WayOn problem={problem} onRetry={onRetry} isInline />
    </p>
  );
}

/** The title, and what the server said where it said more than that. */
function inALine(problem: ProblemError, subject: string): string {
  const { title } = explain(problem, subject);
  const isTold = problem.kind === "offline" || problem.kind === "not_found" || needsSignIn(problem);
  return isTold && problem.kind !== "sign_in" ? `${title}.` : `${title}. ${problem.message}`;
}
