import type { ReactElement } from "react";
import { Icon } from "../components/Icon";
import { executionIcon } from "../components/statusIcon";
import { exactTokens, tokensArrow } from "../model/describe";
import type { Execution } from "../model/execution";
import {
  exactCost,
  exactDuration,
  exactMoment,
  formatCost,
  formatDuration,
  formatMoment,
  shortId,
} from "../model/format";
import { laterOf, type Nanos } from "../model/time";
import type { CanvasPlaces } from "../state/place";
import { PlaceLink } from "./PlaceLink";

interface HistoryTableProps {
  readonly executions: readonly Execution[];
  readonly places: CanvasPlaces;
  readonly now: Nanos;
  /** On the home page, where executions of all workflows stand together. */
  readonly showsWorkflow: boolean;
}

export function HistoryTable(props: HistoryTableProps): ReactElement {
  const { executions, showsWorkflow } = props;
  return (
    <table className="cv-history">
      <thead>
        <tr>
          <th scope="col">Status</th>
          {showsWorkflow && <th scope="col">Workflow</th>}
          <th scope="col" className="cv-wide">
            Execution
          </th>
          <th scope="col">Started</th>
          <th scope="col" className="sv-number cv-narrow">
            Duration
          </th>
          <th scope="col" className="sv-number cv-wide">
            Tokens
          </th>
          <th scope="col" className="sv-number cv-medium">
            Cost
          </th>
          <th scope="col" className="sv-number cv-medium">
            Errors
          </th>
          {!showsWorkflow && (
            <th scope="col" className="cv-wide">
              By
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {executions.map((execution) => (
          <HistoryLine key={execution.executionId} {...props} execution={execution} />
        ))}
      </tbody>
    </table>
  );
}

interface HistoryLineProps extends HistoryTableProps {
  readonly execution: Execution;
}

function HistoryLine({ execution, places, now, showsWorkflow }: HistoryLineProps): ReactElement {
  const { counters, startedAt } = execution;
  const length = laterOf(execution.endedAt ?? now, startedAt) - startedAt;
  const to = {
    workflowId: execution.workflowId,
    executionId: execution.executionId,
    tab: "trace" as const,
  };
  return (
    <tr>
      <td>
        <PlaceLink places={places} to={to} className="cv-history-link">
          <StatusWord execution={execution} />
        </PlaceLink>
      </td>
      {showsWorkflow && <td className="cv-history-workflow">{execution.workflowName}</td>}
      <td className="cv-wide">
        <code title={execution.executionId}>{shortId(execution.executionId)}</code>
      </td>
      <td title={exactMoment(startedAt)}>{formatMoment(startedAt, now)}</td>
      <td className="sv-number cv-narrow" title={exactDuration(length)}>
        {execution.status === "queued" ? "–" : formatDuration(length)}
      </td>
      <td
        className="sv-number cv-wide"
        title={exactTokens(counters.inputTokens, counters.outputTokens)}
      >
        {tokensArrow(counters.inputTokens, counters.outputTokens)}
      </td>
      <td className="sv-number cv-medium" title={exactCost(counters.costNanoUsd)}>
        {counters.costNanoUsd === 0 ? "" : formatCost(counters.costNanoUsd)}
      </td>
      <td className="sv-number cv-medium">{counters.errors === 0 ? "" : counters.errors}</td>
      {!showsWorkflow && <td className="cv-wide">{execution.startedBy}</td>}
    </tr>
  );
}

/** The word, never the colour alone; for a failure also where and what. */
function StatusWord({ execution }: { readonly execution: Execution }): ReactElement {
  const { status, cause } = execution;
  const where = [cause?.nodeId, cause?.errorType].filter(Boolean).join(": ");
  return (
    <span className={`cv-status cv-status-${status}`}>
      <Icon name={executionIcon(status)} className={status === "running" ? "sv-spin" : ""} />
      {status}
      {where !== "" && <span className="cv-cause"> {where}</span>}
    </span>
  );
}
