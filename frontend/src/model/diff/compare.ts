/** Compares two texts and returns the rows to show. */

import { jsonLines, jsonRows, parsedStructure } from "./json";
import { leftRow, lineRows, rightRow, sameRow, type DiffRow } from "./rows";
import { wordChanges, type Piece } from "./words";

/** A row with its words; those of a changed line say what was removed and added. */
export interface ShownRow extends DiffRow {
  readonly pieces: readonly Piece[];
}

/** `line-ends`: only the line ends differ. `form`: the same JSON, written differently. */
export type Sameness = "same" | "line-ends" | "form" | "different" | "left-only" | "right-only";

export interface Comparison {
  readonly sameness: Sameness;
  readonly rows: readonly ShownRow[];
}

/** Compares two texts in steps, since a prompt may have thousands of lines. */
export function* comparisonSteps(left: string, right: string): Generator<undefined, Comparison> {
  const rows = rowsOf(left, right);
  yield;
  const shown: ShownRow[] = [];
  for (const row of rows) {
    const { kind } = row;
    const isChanged = kind === "changed";
    if (isChanged) yield;
    shown.push({ ...row, pieces: isChanged ? wordChanges(row.left ?? "", row.right ?? "") : [] });
  }
  return { sameness: samenessOf(left, right, rows), rows: shown };
}

function rowsOf(left: string, right: string): readonly DiffRow[] {
  if (left === right) return left === "" ? [] : asLines(left).map(sameRow);
  if (left === "") return asLines(right).map(rightRow);
  if (right === "") return asLines(left).map(leftRow);
  const [one, other] = [parsedStructure(left), parsedStructure(right)];
  if (one !== undefined && other !== undefined) {
    try {
      return jsonRows(one, other);
    } catch {
      // The JSON is nested too deeply for recursion: compare it line by line.
    }
  }
  return lineRows(linesOf(left), linesOf(right));
}

function asLines(text: string): readonly string[] {
  const value = parsedStructure(text);
  try {
    return value === undefined ? linesOf(text) : jsonLines(value);
  } catch {
    return linesOf(text);
  }
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}

function samenessOf(left: string, right: string, rows: readonly DiffRow[]): Sameness {
  if (left === right) return "same";
  if (left === "") return "right-only";
  if (right === "") return "left-only";
  if (rows.some(({ kind }) => kind !== "same")) return "different";
  return linesOf(left).join("\n") === linesOf(right).join("\n") ? "line-ends" : "form";
}

/** What is shown of a comparison: rows, and stretches of unchanged ones that are folded. */
export type DiffSegment =
  | { readonly type: "rows"; readonly rows: readonly ShownRow[] }
  | { readonly type: "folded"; readonly rows: readonly ShownRow[] };

/** Unchanged rows beside a change are shown; a stretch that is hardly longer than its fold is not folded. */
const CONTEXT = 3;
const LEAST_FOLDED = 4;

/** Folds long stretches of unchanged rows. */
export function folded(rows: readonly ShownRow[]): readonly DiffSegment[] {
  const segments: DiffSegment[] = [];
  let shown: ShownRow[] = [];
  let from = 0;
  while (from < rows.length) {
    let to = from;
    while (to < rows.length && rows[to]?.kind === "same") to += 1;
    const begin = from === 0 ? 0 : from + CONTEXT;
    const end = to === rows.length ? to : to - CONTEXT;
    if (end - begin >= LEAST_FOLDED) {
      shown.push(...rows.slice(from, begin));
      if (shown.length > 0) segments.push({ type: "rows", rows: shown });
      segments.push({ type: "folded", rows: rows.slice(begin, end) });
      shown = rows.slice(end, to);
    } else {
      shown.push(...rows.slice(from, to));
    }
    from = to;
    while (from < rows.length && rows[from]?.kind !== "same") {
      const row = rows[from];
      if (row) shown.push(row);
      from += 1;
    }
  }
  if (shown.length > 0) segments.push({ type: "rows", rows: shown });
  return segments;
}
