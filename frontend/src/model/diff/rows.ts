/** Lines of two texts beside each other. */

import { aligned } from "./align";

/** `changed`: another line stands in its place. Null where the line stands on the other side alone. */
export interface DiffRow {
  readonly kind: "same" | "changed" | "left" | "right";
  readonly left: string | null;
  readonly right: string | null;
}

export function sameRow(line: string): DiffRow {
  return { kind: "same", left: line, right: line };
}

export function leftRow(line: string): DiffRow {
  return { kind: "left", left: line, right: null };
}

export function rightRow(line: string): DiffRow {
  return { kind: "right", left: null, right: line };
}

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

/** Goes through stretches; where items were replaced by others, each one meets the one in its place. */
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
