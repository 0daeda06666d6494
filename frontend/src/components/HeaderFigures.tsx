/** Shows the figures of an execution: duration, cost, tokens and spans. */

import type { ReactElement } from "react";
import { executionLength, type Counters } from "../model/trace/execution";
import {
  exactCount,
  exactDuration,
  formatCount,
  formatDuration,
  plural,
} from "../model/labels/format";
import { NOT_REPORTED, runCost, runTokens } from "../model/labels/describe";
import type { Trace } from "../model/trace/trace";
import { useNow } from "./useNow";

interface HeaderFiguresProps {
  readonly trace: Trace;
  readonly isOutOfDate: boolean;
  /** Whether a model was called; tokens and cost are hidden when none was and nothing was reported. */
  readonly hasCalls: boolean;
}

export function HeaderFigures(props: HeaderFiguresProps): ReactElement {
  const { trace, isOutOfDate, hasCalls } = props;
  const { execution } = trace;
  const now = useNow(trace, isOutOfDate);
  const { counters } = execution;
  const tokens = runTokens(counters);
  const length = executionLength(execution, now);
  return (
    <dl className="sv-figures">
      <Figure
        name={execution.status === "queued" ? "Waiting" : "Duration"}
        value={length === null ? NOT_REPORTED : formatDuration(length)}
        exact={length === null ? "Its end was not recorded" : exactDuration(length)}
      />
      <CostFigure counters={counters} hasCalls={hasCalls} />
      {(hasCalls || tokens.text !== "") && (
        <Figure
          name="Tokens"
          value={tokens.text === "" ? NOT_REPORTED : tokens.text}
          exact={tokens.exact ?? "No model call has reported how many tokens it used"}
        />
      )}
      {counters.cacheReadTokens > 0 && (
        <Figure
          name="Cached"
          value={formatCount(counters.cacheReadTokens)}
          exact={`${exactCount(counters.cacheReadTokens)} of the input tokens were read from the provider's cache`}
          isMinor
        />
      )}
      {counters.reasoningTokens > 0 && (
        <Figure
          name="Reasoning"
          value={formatCount(counters.reasoningTokens)}
          exact={`${exactCount(counters.reasoningTokens)} of the output tokens were reasoning`}
          isMinor
        />
      )}
      <Figure
        name="Spans"
        value={exactCount(counters.spans)}
        exact={plural(counters.spans, "span")}
      />
    </dl>
  );
}

/** Shows the cost: a lower bound when the price of some calls is unknown, no number when no price is known. */
function CostFigure({
  counters,
  hasCalls,
}: {
  readonly counters: Counters;
  readonly hasCalls: boolean;
}): ReactElement | null {
  const { text, exact } = runCost(counters);
  if (text !== "") return <Figure name="Cost" value={text} exact={exact ?? text} />;
  if (!hasCalls) return null;
  return <Figure name="Cost" value="not known" exact={exact ?? "No cost was reported"} />;
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly exact: string;
  /** Shown smaller: it is a part of the figure beside it. */
  readonly isMinor?: boolean;
}

function Figure({ name, value, exact, isMinor = false }: FigureProps): ReactElement {
  return (
    <div className={`sv-figure ${isMinor ? "sv-figure-minor" : ""}`} title={exact}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
