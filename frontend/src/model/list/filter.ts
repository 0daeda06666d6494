/** Filters rows, and searches them. */

import { ROWS_PER_STEP } from "../scheduler";
import { kindHue, type Hue } from "../labels/kinds";
import { ROW_STATUSES, type Row, type RowStatus } from "../trace/trace";
import { isFailure } from "../trace/traceIndex";

export const SHOWN = ["all", "errors", "model", "tools"] as const;
export type Shown = (typeof SHOWN)[number];

/** A row must satisfy all fields; a field that is null (`shown`: "all") allows every row. */
export interface Filter {
  readonly shown: Shown;
  readonly hue: Hue | null;
  readonly status: RowStatus | null;
  readonly nodeId: string | null;
  /** Only what the search has found. */
  readonly onlyHits: boolean;
}

export const NO_FILTER: Filter = {
  shown: "all",
  hue: null,
  status: null,
  nodeId: null,
  onlyHits: false,
};

const HUES: readonly Hue[] = [
  "structure",
  "model",
  "tool",
  "retrieval",
  "agent",
  "http",
  "artifact",
  "other",
];

/** Reads the first choice of the filter from the URL; `all` for any other text. */
export function asShown(text: string | null): Shown {
  return SHOWN.find((shown) => shown === text) ?? "all";
}

/** Reads a hue from the URL; null for any other text. */
export function asHue(text: string | null): Hue | null {
  return HUES.find((hue) => hue === text) ?? null;
}

/** Reads a span's status from the URL; null for any other text. */
export function asRowStatus(text: string | null): RowStatus | null {
  return ROW_STATUSES.find((status) => status === text) ?? null;
}

/** Says whether the filter hides any row. */
export function isFiltering(filter: Filter): boolean {
  return filter.shown !== "all" || refinements(filter) > 0;
}

/** Says whether two filters are equal. */
export function isSameFilter(a: Filter, b: Filter): boolean {
  return (
    a.shown === b.shown &&
    a.hue === b.hue &&
    a.status === b.status &&
    a.nodeId === b.nodeId &&
    a.onlyHits === b.onlyHits
  );
}

/** Counts the fields that are set, besides `shown`. */
export function refinements(filter: Filter): number {
  return (
    [filter.hue, filter.status, filter.nodeId].filter((part) => part !== null).length +
    (filter.onlyHits ? 1 : 0)
  );
}

/** Says whether a row passes the first choice of the filter. */
export function passes(row: Row, shown: Shown): boolean {
  switch (shown) {
    case "all":
      return true;
    case "errors":
      return isFailure(row);
    case "model":
      return kindHue(row.kind) === "model";
    case "tools":
      return ["tool", "retrieval", "http"].includes(kindHue(row.kind));
  }
}

/**
 * Says whether a row passes the filter. `inNode` is the row's node: its own, or that of the nearest parent that has
 * one.
 */
export function passesAll(
  row: Row,
  filter: Filter,
  inNode: string | null,
  isHit: boolean,
): boolean {
  return (
    passes(row, filter.shown) &&
    (filter.hue === null || kindHue(row.kind) === filter.hue) &&
    (filter.status === null || row.status === filter.status) &&
    (filter.nodeId === null || inNode === filter.nodeId) &&
    (!filter.onlyHits || isHit)
  );
}

/** Returns the positions of the rows that contain all words of the query, in order; an empty query finds none. */
export function findHits(rows: readonly Row[], query: string): readonly number[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits: number[] = [];
  rows.forEach((row, position) => {
    const text = searchText(row);
    if (words.every((word) => text.includes(word))) hits.push(position);
  });
  return hits;
}

/** The searchable text of each row, cached: a search runs for each letter that is typed. */
const texts = new WeakMap<Row, string>();

/** Fills the cache of searchable texts in steps, before the first search. */
export function* searchableSteps(rows: readonly Row[]): Generator<undefined, void> {
  for (const [position, row] of rows.entries()) {
    if (position % ROWS_PER_STEP === 0) yield;
    searchText(row);
  }
}

function searchText(row: Row): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = [
    row.name,
    row.nodeId,
    row.kind,
    row.model,
    row.error?.type,
    row.error?.message,
    row.spanId,
    row.inputPreview,
    row.outputPreview,
  ]
    .filter((part) => part !== null && part !== undefined)
    .join("\n")
    .toLowerCase();
  texts.set(row, text);
  return text;
}
