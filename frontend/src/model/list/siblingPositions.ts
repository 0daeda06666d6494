/** Computes each visible line's position among its siblings, which a screen reader reads as "2 of 5". */

import type { Line } from "./visibleRows";

export interface SiblingPositions {
  /** From 1. */
  readonly position: Uint32Array;
  readonly siblings: Uint32Array;
}

/** Returns position and number of siblings of each line. O(lines). */
export function siblingPositions(lines: readonly Line[]): SiblingPositions {
  const position = new Uint32Array(lines.length);
  const siblings = new Uint32Array(lines.length);
  const open: number[][] = [];
  const close = (depth: number): void => {
    for (let level = open.length - 1; level >= depth; level -= 1) {
      for (const at of open[level] ?? []) siblings[at] = open[level]?.length ?? 0;
    }
    open.length = Math.min(open.length, depth);
  };
  lines.forEach((line, at) => {
    const depth = line.type === "absent" ? 1 : line.depth;
    close(depth + 1);
    const beside = (open[depth] ??= []);
    beside.push(at);
    position[at] = beside.length;
  });
  close(0);
  return { position, siblings };
}
