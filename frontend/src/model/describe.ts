/** Words about a span that rows and panel share. */

import { exactCount, formatCount, plural } from "./format";
import { shortModel } from "./modelName";
import type { Row, RowStatus } from "./trace";
import { descendantCount, type TraceIndex } from "./traceIndex";

const STATUS_WORDS: Readonly<Record<RowStatus, string>> = {
  ok: "ok",
  unset: "ended",
  error: "failed",
  running: "running",
  lost: "lost",
};

export function statusWord(status: RowStatus): string {
  return STATUS_WORDS[status];
}

/** The quiet words behind a row's name: what it called, or what a closed row hides. */
export function rowNote(index: TraceIndex, position: number, isExpanded: boolean): string {
  const row = index.rows[position];
  if (!row) return "";
  if (row.model !== null) {
    const model = shortModel(row.model);
    // What failed matters more than who was asked, and a name need not be said twice.
    return row.error !== null || row.name.includes(model) ? "" : model;
  }
  const inside = descendantCount(index, position);
  return inside > 0 && !isExpanded ? plural(inside, "span") : "";
}

export function tokensArrow(inputTokens: number, outputTokens: number): string {
  if (inputTokens === 0 && outputTokens === 0) return "";
  return `${formatCount(inputTokens)} → ${formatCount(outputTokens)}`;
}

export function exactTokens(inputTokens: number, outputTokens: number): string {
  return `${exactCount(inputTokens)} input tokens, ${exactCount(outputTokens)} output tokens`;
}

/** Changes whenever the span's detail can have changed. */
export function rowVersion(row: Row): string {
  return [row.status, row.end ?? "", row.artifacts.length, row.marks.join()].join("|");
}
