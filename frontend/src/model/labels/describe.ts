/** Describes spans for the rows and the panel. */

import type { Counters, Usage } from "../trace/execution";
import { exactCost, exactCount, formatCost, formatCount, formatNanos, plural } from "./format";
import { isTimeout } from "./infraIssues";
import { shortModel } from "./kinds";
import type { Row, RowStatus } from "../trace/trace";
import { descendantCount, type TraceIndex } from "../trace/traceIndex";

const STATUS_WORDS: Readonly<Record<RowStatus, string>> = {
  ok: "ok",
  unset: "ended",
  error: "failed",
  running: "running",
  lost: "lost",
};

/** Returns the word for a span's status. */
export function statusWord(status: RowStatus): string {
  return STATUS_WORDS[status];
}

const CONTROL_FLOW = ["interrupted", "cancelled", "left_early", "passed_on"];

/** Returns the mark that says which control flow ended a row's span; undefined where none did. */
export function controlFlowOf({ marks }: Pick<Row, "marks">): string | undefined {
  return marks.find((name) => CONTROL_FLOW.includes(name));
}

/** Returns the word for how a row's span ended: by the control flow that ended it, else by its status. */
export function rowWord(row: Pick<Row, "status" | "marks" | "error">): string {
  const mark = controlFlowOf(row);
  if (mark !== undefined) return mark.replace("_", " ");
  return row.status === "error" && isTimeout(row.error?.type)
    ? "timed out"
    : statusWord(row.status);
}

/** Returns the note after a row's name: its model, or how many spans a folded row hides. */
export function rowNote(index: TraceIndex, position: number, isExpanded: boolean): string {
  const row = index.rows[position];
  if (!row) return "";
  if (row.model !== null) {
    const model = shortModel(row.model);
    // A failed call shows its error instead; a model that the name already contains is not repeated.
    return row.error !== null || row.name.includes(model) ? "" : model;
  }
  const inside = descendantCount(index, position);
  return inside > 0 && !isExpanded ? plural(inside, "span") : "";
}

export const NOT_REPORTED = "not reported";

type Tokens = Pick<Usage, "inputTokens" | "outputTokens">;

/** `11.4k → 188`; a side that was not reported is a dash. Empty where neither was. */
export function tokensArrow({ inputTokens, outputTokens }: Tokens): string {
  if (inputTokens === null && outputTokens === null) return "";
  const side = (tokens: number | null): string => (tokens === null ? "–" : formatCount(tokens));
  return `${side(inputTokens)} → ${side(outputTokens)}`;
}

/** The same in words, for hover and screen readers. Undefined where there is nothing to say. */
export function exactTokens({ inputTokens, outputTokens }: Tokens): string | undefined {
  if (inputTokens === null && outputTokens === null) return undefined;
  const side = (tokens: number | null, name: string): string =>
    tokens === null ? `${name} tokens ${NOT_REPORTED}` : `${exactCount(tokens)} ${name} tokens`;
  return `${side(inputTokens, "input")}, ${side(outputTokens, "output")}`;
}

interface Known {
  readonly text: string;
  readonly exact: string | undefined;
}

/** Tokens of a run: a lower bound where model calls have reported none. */
export function runTokens(counters: Counters): Known {
  const silent = counters.unreportedCalls;
  const arrow = tokensArrow(counters);
  const exact = exactTokens(counters);
  if (exact === undefined) {
    const none = `${plural(silent, "model call")} reported no tokens`;
    return { text: "", exact: silent > 0 ? none : undefined };
  }
  if (silent === 0) return { text: arrow, exact };
  const without = `without ${plural(silent, "model call")} that reported none`;
  return { text: `≥ ${arrow}`, exact: `${exact}, ${without}` };
}

/** Cost of a run: a lower bound where the price or the tokens of some calls are not known, no number where none is. */
export function runCost({ costNanoUsd, unpriced, unreportedCalls }: Counters): Known {
  const lacks = [
    unpriced > 0 ? `${plural(unpriced, "model call")} of unknown price` : "",
    unreportedCalls > 0 ? `${plural(unreportedCalls, "model call")} that reported no tokens` : "",
  ].filter((one) => one !== "");
  if (costNanoUsd === null || (costNanoUsd === 0 && lacks.length > 0)) {
    return { text: "", exact: lacks.length > 0 ? `Not known: ${lacks.join(", ")}` : undefined };
  }
  if (lacks.length === 0) return { text: formatCost(costNanoUsd), exact: exactCost(costNanoUsd) };
  return {
    text: `≥ ${formatCost(costNanoUsd)}`,
    exact: `${exactCost(costNanoUsd)}, without ${lacks.join(", ")}`,
  };
}

/** Empty where no cost is known. */
export function costText(nanoUsd: number | null): string {
  return nanoUsd === null ? "" : formatCost(nanoUsd);
}

/** Returns the cost to the last nano-dollar; undefined when none is known. */
export function exactCostText(nanoUsd: number | null): string | undefined {
  return nanoUsd === null ? undefined : exactCost(nanoUsd);
}

/** Says when the first token of a row's answer came; undefined where that is not known. */
export function firstTokenText({ timeToFirstTokenNano: nanos }: Row): string | undefined {
  return nanos === null ? undefined : `First token after ${formatNanos(nanos)}`;
}

/** The first score of a row, and how many more there are: `relevance 0.92 +1`. Null where none is known. */
export function scoresNote({ scores }: Pick<Row, "scores">): string | null {
  if (scores === null) return null;
  const [first = "", ...more] = scores.split(", ");
  return more.length === 0 ? first : `${first} +${more.length}`;
}

/** Changes whenever the span's detail can have changed. */
export function rowVersion(row: Row): string {
  return [row.status, row.end ?? "", row.artifacts.length, row.marks.join(), row.scores ?? ""].join(
    "|",
  );
}
