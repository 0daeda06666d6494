import type { ReactElement } from "react";
import { Icon } from "../components/Icon";
import { StatusIcon } from "../components/StatusIcon";
import { executionMark } from "../components/statusMarks";
import { runCost, runTokens } from "../model/labels/describe";
import {
  executionLength,
  isReadable,
  senderId,
  type Execution,
  type UnreadableExecution,
} from "../model/trace/execution";
import {
  exactDuration,
  exactMoment,
  formatDuration,
  formatMoment,
  shortId,
} from "../model/labels/format";
import type { Nanos } from "../model/time/time";
import type { PageStateStore } from "../state/viewState";
import { PageLink } from "./PageLink";

interface HistoryTableProps {
  readonly entries: readonly (Execution | UnreadableExecution)[];
  readonly pageStore: PageStateStore;
  readonly now: Nanos;
  /** For the home page, which lists the executions of all workflows. */
  readonly showsWorkflow: boolean;
}

export function HistoryTable(props: HistoryTableProps): ReactElement {
  const { entries, showsWorkflow } = props;
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
        {entries.map((entry) =>
          isReadable(entry) ? (
            <HistoryLine key={entry.executionId} {...props} execution={entry} />
          ) : (
            <UnreadableLine key={entry.executionId} {...props} execution={entry} />
          ),
        )}
      </tbody>
    </table>
  );
}

interface HistoryLineProps extends HistoryTableProps {
  readonly execution: Execution;
}

function HistoryLine({ execution, pageStore, now, showsWorkflow }: HistoryLineProps): ReactElement {
  const { counters, startedAt, listedAt } = execution;
  const length = execution.status === "queued" ? null : executionLength(execution, now);
  const tokens = runTokens(counters);
  const cost = runCost(counters);
  const to = {
    workflowId: execution.workflowId,
    executionId: execution.executionId,
    tab: "trace" as const,
  };
  return (
    <tr>
      <td>
        <PageLink pageStore={pageStore} to={to} className="cv-history-link">
          <StatusWord execution={execution} now={now} />
        </PageLink>
      </td>
      {showsWorkflow && <td className="cv-history-workflow">{execution.workflowName}</td>}
      <td className="cv-wide">
        <code title={senderId(execution)}>{shortId(senderId(execution))}</code>
      </td>
      <td title={exactMoment(startedAt)}>
        {formatMoment(startedAt, now)}
        {listedAt !== startedAt && (
          <span className="cv-cause">received {formatMoment(listedAt, now)}</span>
        )}
      </td>
      <td
        className="sv-number cv-narrow"
        title={length === null ? undefined : exactDuration(length)}
      >
        {length === null ? "–" : formatDuration(length)}
      </td>
      <td className="sv-number cv-wide" title={tokens.exact}>
        {tokens.text}
      </td>
      <td className="sv-number cv-medium" title={cost.exact}>
        {cost.text}
      </td>
      <td className="sv-number cv-medium">{counters.errors === 0 ? "" : counters.errors}</td>
      {!showsWorkflow && <td className="cv-wide">{execution.startedBy}</td>}
    </tr>
  );
}

const WHY: Readonly<Record<UnreadableExecution["why"], readonly [word: string, title: string]>> = {
  newer_version: [
    "written by a newer version",
    "A newer version of Spanvas has written this execution, in a form that the API does not know yet.",
  ],
  malformed: [
    "cannot be read",
    "This execution is stored in a form that cannot be read. The API's log names the item.",
  ],
};

interface UnreadableLineProps extends HistoryTableProps {
  readonly execution: UnreadableExecution;
}

/** Shows an execution that cannot be read. It has no link, since there is nothing to open. */
function UnreadableLine({ execution, now, showsWorkflow }: UnreadableLineProps): ReactElement {
  const [word, title] = WHY[execution.why];
  return (
    <tr className="cv-unreadable">
      <td title={title}>
        <span className="cv-status">
          <Icon name="untraced" className="sv-status-idle" />
          {word}
        </span>
      </td>
      {showsWorkflow && <td />}
      <td className="cv-wide">
        <code title={execution.executionId}>{shortId(execution.executionId)}</code>
      </td>
      <td title={exactMoment(execution.startedAt)}>{formatMoment(execution.startedAt, now)}</td>
      <td className="sv-number cv-narrow" />
      <td className="sv-number cv-wide" />
      <td className="sv-number cv-medium" />
      <td className="sv-number cv-medium" />
      {!showsWorkflow && <td className="cv-wide" />}
    </tr>
  );
}

interface StatusWordProps {
  readonly execution: Execution;
  readonly now: Nanos;
}

/** Shows the status as a word, not only as a colour; for a failure also the node and the error. */
function StatusWord({ execution, now }: StatusWordProps): ReactElement {
  const { status, cause } = execution;
  const mark = executionMark(execution);
  const where = [cause?.nodeId, cause?.errorType].filter(Boolean).join(": ");
  return (
    <span className="cv-status">
      <StatusIcon mark={mark} />
      {mark.word}
      {status === "succeeded" && execution.counters.errors > 0 && (
        <span className="cv-cause"> with errors below</span>
      )}
      {execution.deletion && (
        <span className="cv-cause" title={exactMoment(execution.deletion.deletedAt)}>
          {" "}
          {formatMoment(execution.deletion.deletedAt, now)} by {execution.deletion.deletedBy}
        </span>
      )}
      {execution.hold && (
        <span className="cv-cause" title={`Held by ${execution.hold.heldBy}`}>
          {" "}
          held
        </span>
      )}
      {where !== "" && <span className="cv-cause"> {where}</span>}
      {execution.isNewer && (
        <span
          className="cv-cause cv-newer"
          title="Written by a newer version: there may be more to it."
        >
          {" "}
          newer version
        </span>
      )}
    </span>
  );
}
