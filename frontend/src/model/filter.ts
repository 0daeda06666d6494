/** Which rows the reader wants to see. */

import { kindHue } from "./kinds";
import type { Row } from "./trace";
import { isFailure } from "./traceIndex";

export const SHOWN = ["all", "errors", "model", "tools"] as const;
export type Shown = (typeof SHOWN)[number];

export function asShown(text: string | null): Shown {
  return SHOWN.find((shown) => shown === text) ?? "all";
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

function searchText(row: Row): string {
  return [
    row.name,
    row.nodeId,
    row.kind,
    row.model,
    row.error?.type,
    row.error?.message,
    row.spanId,
  ]
    .filter((text) => text !== null && text !== undefined)
    .join("\n")
    .toLowerCase();
}
