/** Puts the lines of two texts beside each other. */

import { aligned } from "./align";

/** A row of the comparison. `changed`: the line was replaced. Null: only the other side has the line. */
export interface DiffRow {
  readonly kind: "same" | "changed" | "left" | "right";
  readonly left: string | null;
  readonly right: string | null;
}

/** Returns the row of a line that both sides have. */
export function sameRow(line: string): DiffRow {
  return { kind: "same", left: line, right: line };
}

/** Returns the row of a line that only the left side has. */
export function leftRow(line: string): DiffRow {
  return { kind: "left", left: line, right: null };
}

/** Returns the row of a line that only the right side has. */
export function rightRow(line: string): DiffRow {
  return { kind: "right", left: null, right: line };
}

/** Returns the row of a line that was replaced by another. */
export function changedRow(left: string, right: string): DiffRow {
  return { kind: "changed", left, right };
}

/** Line by line; of lines that were replaced by others, the first stands beside the first. */
export function lineRows(left: readonly string[], right: readonly string[]): readonly DiffRow[] {
  return paired(
    aligned(left, right, (line) => line),
    (line) => [sameRow(line)],
    (one, other) => [changedRow(one, other)],
    (line) => [leftRow(line)],
    (line) => [rightRow(line)],
  );
}

/** Goes through the stretches, and pairs removed items with those that replaced them, in order. */
export function paired<T, R>(
  stretches: ReturnType<typeof aligned<T>>,
  same: (item: T) => readonly R[],
  changed: (left: T, right: T) => readonly R[],
  gone: (item: T) => readonly R[],
  added: (item: T) => readonly R[],
): R[] {
  const rows: R[] = [];
  const put = (some: readonly R[]): void => some.forEach((row) => rows.push(row));
  for (let at = 0; at < stretches.length; at += 1) {
    const stretch = stretches[at];
    if (!stretch) break;
    const next = stretches[at + 1];
    if (stretch.kind === "left" && next?.kind === "right") {
      const both = Math.min(stretch.items.length, next.items.length);
      stretch.items.slice(0, both).forEach((item, index) => {
        const other = next.items[index];
        if (other !== undefined) put(changed(item, other));
      });
      stretch.items.slice(both).forEach((item) => put(gone(item)));
      next.items.slice(both).forEach((item) => put(added(item)));
      at += 1;
    } else {
      const step = { same, left: gone, right: added }[stretch.kind];
      stretch.items.forEach((item) => put(step(item)));
    }
  }
  return rows;
}
