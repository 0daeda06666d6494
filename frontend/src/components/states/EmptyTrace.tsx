import type { ReactElement } from "react";
import { isUnfinished } from "../../model/trace/execution";
import type { Trace } from "../../model/trace/trace";
import { Icon } from "../Icon";
import type { IconName } from "../icons";

interface EmptyTraceProps {
  readonly trace: Trace;
  readonly onRetry: () => void;
}

interface Why {
  readonly icon: IconName;
  readonly title: string;
  readonly advice: string;
  /** Reading once more can change it. */
  readonly canChange: boolean;
}

function why(trace: Trace): Why {
  const { status } = trace.execution;
  if (trace.status === "PARTIAL") {
    return {
      icon: "warning",
      title: "Nothing of this trace can be read",
      advice: "It is stored in a form that the API cannot read. The API's log names the items.",
      canChange: true,
    };
  }
  if (isUnfinished(trace.execution)) {
    return {
      icon: "queued",
      title: status === "queued" ? "Waiting for the executor" : "Waiting for spans",
      advice: "The first spans appear here as soon as the executor writes them.",
      canChange: true,
    };
  }
  if (status === "deleted") {
    return {
      icon: "trash",
      title: "This execution was deleted",
      advice:
        "Prompts, answers, names, errors and files are gone, in every copy. Tokens and cost still count.",
      canChange: false,
    };
  }
  if (status === "untraced") {
    return {
      icon: "untraced",
      title: "This execution was not traced",
      advice: "Set SPANVAS_ENABLED to true on the executor to trace the next one.",
      canChange: false,
    };
  }
  return {
    icon: "absent",
    title: "This execution left no spans",
    advice:
      "It ended before anything was recorded, or tracing was off. The executor's log says which.",
    canChange: true,
  };
}

export function EmptyTrace({ trace, onRetry }: EmptyTraceProps): ReactElement {
  const { icon, title, advice, canChange } = why(trace);
  return (
    <div className="sv-state" role="status">
      <Icon name={icon} className="sv-state-icon" />
      <h2>{title}</h2>
      {trace.reason !== null && <p>{trace.reason}</p>}
      <p>{advice}</p>
      {canChange && (
        <div className="sv-state-actions">
          <button type="button" className="sv-button" onClick={onRetry}>
            <Icon name="attempt" /> Read again
          </button>
        </div>
      )}
    </div>
  );
}
