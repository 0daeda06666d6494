import type { ReactElement, ReactNode } from "react";
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
  /** What else can be done. */
  readonly children?: ReactNode;
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
  source_unavailable: "warning",
  source_failed: "warning",
  contract: "warning",
};

/** Shows a problem in place of the content: what happened, what to do, and the action for it. */
export function ProblemView(props: ProblemViewProps): ReactElement {
  const { problem, subject, onRetry, children } = props;
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
      {children}
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

/** Says in a line above the content that it may be out of date, and why. */
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
  /** What failed, as a sentence; omitted where the context says it. */
  readonly what?: string;
  readonly problem: ProblemError;
  readonly subject: string;
  readonly onRetry?: () => void;
}

/** Shows a problem as a line within the content, with the action for it. */
export function InlineProblem(props: InlineProblemProps): ReactElement {
  const { what, problem, subject, onRetry } = props;
  return (
    <p className="sv-inline-problem" role="alert">
      <Icon name="warning" /> {what} {inALine(problem, subject)}{" "}
      <WayOn problem={problem} onRetry={onRetry} isInline />
    </p>
  );
}

/** Returns the title, with the server's message if that says more. */
function inALine(problem: ProblemError, subject: string): string {
  const { title } = explain(problem, subject);
  const isTold = problem.kind === "offline" || problem.kind === "not_found" || needsSignIn(problem);
  return isTold && problem.kind !== "sign_in" ? `${title}.` : `${title}. ${problem.message}`;
}
