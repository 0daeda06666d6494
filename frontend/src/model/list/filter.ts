/** Which rows the reader wants to see, and which ones the words of a search name. */

import { ROWS_PER_STEP } from "../scheduler";
import { kindHue, type Hue } from "../labels/kinds";
import { ROW_STATUSES, type Row, type RowStatus } from "../trace/trace";
import { isFailure } from "../trace/traceIndex";

export const SHOWN = ["all", "errors", "model", "tools"] as const;
export type Shown = (typeof SHOWN)[number];

/** All parts must hold; a part that is null (`shown`: "all") asks for nothing. */
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

export function asShown(text: string | null): Shown {
  return SHOWN.find((shown) => shown === text) ?? "all";
}

export function asHue(text: string | null): Hue | null {
  return HUES.find((hue) => hue === text) ?? null;
}

export function asRowStatus(text: string | null): RowStatus | null {
  return ROW_STATUSES.find((status) => status === text) ?? null;
}

export function isFiltering(filter: Filter): boolean {
  return filter.shown !== "all" || refinements(filter) > 0;
}

export function isSameFilter(a: Filter, b: Filter): boolean {
  return (
    a.shown === b.shown &&
    a.hue === b.hue &&
    a.status === b.status &&
    a.nodeId === b.nodeId &&
    a.onlyHits === b.onlyHits
  );
}

/** How many parts beyond the first choice are set. */
export function refinements(filter: Filter): number {
  return (
    [filter.hue, filter.status, filter.nodeId].filter((part) => part !== null).length +
    (filter.onlyHits ? 1 : 0)
  );
}

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

/** `inNode` is the node that the row belongs to: its own or that of the nearest parent that has one. */
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

/** Positions of the rows that the words of the query name, in order; an empty query finds nothing. */
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

/** A key is pressed for each letter of a query: the text of ten thousand rows is put together once. */
const texts = new WeakMap<Row, string>();

/** Puts the texts together in steps, so that the first letter of a query finds them ready. */
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
