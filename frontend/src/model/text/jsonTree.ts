/** A JSON value as lines of a tree. Iterates: values nest as deep as models let them. */

import type { Json } from "../trace/span";
import { writeJson } from "./exactJson";

export type JsonPath = readonly (string | number)[];

export interface JsonLine {
  /** The path as a JSON pointer (RFC 6901): unique within the value. */
  readonly key: string;
  readonly path: JsonPath;
  /** Null for the value itself. */
  readonly name: string | null;
  readonly value: Json;
  /** From 1, as `aria-level` counts. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** Entries inside; 0 for what cannot be opened. */
  readonly size: number;
  readonly isOpen: boolean;
}

interface Step {
  readonly path: JsonPath;
  readonly key: string;
  readonly value: Json;
  readonly position: number;
  readonly siblings: number;
}

/**
 * The visible lines, `limit` at most. Levels below `openLevels` are open unless `turned` holds their
 * key; deeper ones are closed unless it does.
 */
export function jsonLines(
  value: Json,
  openLevels: number,
  turned: ReadonlySet<string>,
  limit: number,
): { readonly lines: readonly JsonLine[]; readonly isCut: boolean } {
  const lines: JsonLine[] = [];
  const stack: Step[] = [{ path: [], key: "", value, position: 1, siblings: 1 }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (lines.length >= limit) return { lines, isCut: true };
    const inside = entriesOf(step.value);
    const isOpen = inside.length > 0 && step.path.length < openLevels !== turned.has(step.key);
    const last = step.path.at(-1);
    lines.push({
      key: step.key,
      path: step.path,
      name: last === undefined ? null : String(last),
      value: step.value,
      level: step.path.length + 1,
      position: step.position,
      siblings: step.siblings,
      size: inside.length,
      isOpen,
    });
    if (!isOpen) continue;
    // Lines beyond the limit are not made: a list may hold a million items.
    const shown = inside.slice(0, limit - lines.length + 1);
    for (const [at, [name, child]] of shown.map((entry, at) => [at, entry] as const).reverse()) {
      stack.push({
        path: [...step.path, name],
        key: `${step.key}/${pointerToken(name)}`,
        value: child,
        position: at + 1,
        siblings: inside.length,
      });
    }
  }
  return { lines, isCut: false };
}

/** Whether the value has at least so many entries, itself not counted. */
export function hasEntries(value: Json, least: number): boolean {
  const stack: Json[] = [value];
  let count = -1;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    count += 1;
    if (count >= least) return true;
    for (const [, child] of entriesOf(next).slice(0, least)) stack.push(child);
  }
  return false;
}

const MOST_HITS = 1_000;

/** Keys of the lines whose name or value contains the words, in reading order. */
export function findInJson(value: Json, query: string): readonly string[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  const hits: string[] = [];
  const stack: { key: string; name: string; value: Json }[] = [{ key: "", name: "", value }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (step.name.toLowerCase().includes(wanted) || isLeafWith(step.value, wanted)) {
      hits.push(step.key);
      if (hits.length === MOST_HITS) break;
    }
    for (const [name, child] of entriesOf(step.value).toReversed()) {
      const key = `${step.key}/${pointerToken(name)}`;
      stack.push({ key, name: typeof name === "number" ? "" : name, value: child });
    }
  }
  return hits;
}

/** `turned` so that the line of `key` is visible. */
export function openedTo(
  key: string,
  openLevels: number,
  turned: ReadonlySet<string>,
): ReadonlySet<string> {
  const next = new Set(turned);
  const tokens = key.split("/");
  for (let level = 0; level < tokens.length - 1; level += 1) {
    const above = tokens.slice(0, level + 1).join("/");
    if (level < openLevels) next.delete(above);
    else next.add(above);
  }
  return next;
}

/** `$.orders[3].id`, as JSONPath (RFC 9535) writes it. */
export function formatPath(path: JsonPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(step)
      ? `${text}.${step}`
      : `${text}[${JSON.stringify(step)}]`;
  }, "$");
}

/** Returns the key of the value around this one; null for the outermost. */
export function parentKey(key: string): string | null {
  return key === "" ? null : key.slice(0, key.lastIndexOf("/"));
}

function entriesOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((item, at) => [at, item] as const);
  }
  return Object.entries(value as Readonly<Record<string, Json>>);
}

function isLeafWith(value: Json, wanted: string): boolean {
  if (typeof value === "object") return value === null && wanted === "null";
  return String(value).toLowerCase().includes(wanted);
}

function pointerToken(name: string | number): string {
  return String(name).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Returns a text as it is, and any other value as indented JSON. */
export function jsonText(value: Json): string {
  return typeof value === "string" ? value : writeJson(value, 2);
}
