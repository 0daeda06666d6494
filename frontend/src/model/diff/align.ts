/** Aligns two lists by their longest common subsequence (Myers' algorithm, from the package `diff`). */

import { diffArrays } from "diff";

/** Consecutive items of one list; those of kind `same` are in both. */
export interface Stretch<T> {
  readonly kind: "same" | "left" | "right";
  readonly items: readonly T[];
}

/** The time grows with the square of it. Lists with more differences are not aligned between the first and the last. */
const MOST_EDITS = 700;

/** A position in each of the two lists. */
type Match = readonly [left: number, right: number];

/**
 * Returns the stretches of both lists in order; removed items come before those that replace them. Items are the same
 * when their keys are equal. Common ends, and items that only one list has, take linear time.
 */
export function aligned<T>(
  left: readonly T[],
  right: readonly T[],
  keyOf: (item: T) => string,
): readonly Stretch<T>[] {
  const numbers = new Map<string, number>();
  const numberOf = (item: T): number => {
    const key = keyOf(item);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  const lefts = left.map(numberOf);
  const rights = right.map(numberOf);
  const most = Math.min(lefts.length, rights.length);
  let head = 0;
  while (head < most && lefts[head] === rights[head]) head += 1;
  let tail = 0;
  while (tail < most - head && lefts.at(-1 - tail) === rights.at(-1 - tail)) tail += 1;

  const matches: Match[] = [];
  for (let at = 0; at < head; at += 1) matches.push([at, at]);
  const inside = matchesBetween(
    lefts.slice(head, lefts.length - tail),
    rights.slice(head, rights.length - tail),
  );
  for (const [at, other] of inside) matches.push([at + head, other + head]);
  for (let at = tail; at > 0; at -= 1) matches.push([lefts.length - at, rights.length - at]);
  return stretches(left, right, matches);
}

function matchesBetween(lefts: readonly number[], rights: readonly number[]): readonly Match[] {
  const positions = positionsOf(lefts, new Set(rights));
  const others = positionsOf(rights, new Set(lefts));
  const changes = diffArrays(
    positions.map((position) => lefts[position]),
    others.map((position) => rights[position]),
    { maxEditLength: MOST_EDITS },
  );
  const matches: Match[] = [];
  let [at, other] = [0, 0];
  for (const { added, removed, count } of changes ?? []) {
    if (!added && !removed) {
      for (let step = 0; step < count; step += 1) {
        matches.push([positions[at + step] ?? 0, others[other + step] ?? 0]);
      }
    }
    if (!added) at += count;
    if (!removed) other += count;
  }
  return matches;
}

/** Returns the positions of the numbers that the other side has, too. */
function positionsOf(numbers: readonly number[], known: ReadonlySet<number>): readonly number[] {
  return numbers.flatMap((number, position) => (known.has(number) ? [position] : []));
}

function stretches<T>(
  left: readonly T[],
  right: readonly T[],
  matches: readonly Match[],
): readonly Stretch<T>[] {
  const found: { kind: Stretch<T>["kind"]; items: T[] }[] = [];
  const put = (kind: Stretch<T>["kind"], items: readonly T[]): void => {
    const last = found.at(-1);
    if (items.length === 0) return;
    if (last?.kind === kind) items.forEach((item) => last.items.push(item));
    else found.push({ kind, items: [...items] });
  };
  let [at, other] = [0, 0];
  for (const [end, otherEnd] of matches) {
    put("left", left.slice(at, end));
    put("right", right.slice(other, otherEnd));
    put("same", left.slice(end, end + 1));
    [at, other] = [end + 1, otherEnd + 1];
  }
  put("left", left.slice(at));
  put("right", right.slice(other));
  return found;
}
