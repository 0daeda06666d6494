/** Compares two JSON values: members by key in any order, list items by their value. */

import { parseAsWritten, writeJson } from "../text/exactJson";
import { aligned } from "./align";
import { changedRow, leftRow, paired, rightRow, sameRow, type DiffRow } from "./rows";

type Parsed = null | boolean | number | bigint | string | Parsed[] | ParsedObject;
interface ParsedObject {
  [key: string]: Parsed;
}

/** The object or list that a text holds; undefined where it is none, or where a number would change by parsing it. */
export function parsedStructure(text: string): Parsed[] | ParsedObject | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  return parseAsWritten(text) as Parsed[] | ParsedObject | undefined;
}

/** Lines as JSON has them, without the commas: whether another member follows is no difference. */
export function jsonRows(left: Parsed, right: Parsed): readonly DiffRow[] {
  return compared("", "", left, right);
}

/** Returns the lines of a JSON value, with members in their order. */
export function jsonLines(value: Parsed): readonly string[] {
  return written("", "", value);
}

function compared(indent: string, name: string, left: Parsed, right: Parsed): readonly DiffRow[] {
  if (isList(left) && isList(right)) {
    return between(
      indent,
      name,
      ["[", "]"],
      left.length + right.length === 0,
      listRows(indent, left, right),
    );
  }
  if (isObject(left) && isObject(right)) {
    const isEmpty = Object.keys(left).length + Object.keys(right).length === 0;
    return between(indent, name, ["{", "}"], isEmpty, memberRows(indent, left, right));
  }
  const lefts = written(indent, name, left);
  const rights = written(indent, name, right);
  const [one = "", ...more] = lefts;
  const [other = "", ...others] = rights;
  if (more.length + others.length > 0) return [...lefts.map(leftRow), ...rights.map(rightRow)];
  return [one === other ? sameRow(one) : changedRow(one, other)];
}

function between(
  indent: string,
  name: string,
  [open, close]: readonly [string, string],
  isEmpty: boolean,
  inside: readonly DiffRow[],
): readonly DiffRow[] {
  if (isEmpty) return [sameRow(`${indent}${name}${open}${close}`)];
  return [sameRow(`${indent}${name}${open}`), ...inside, sameRow(`${indent}${close}`)];
}

/** In the order of the left; what the right one has besides follows. */
function memberRows(indent: string, left: ParsedObject, right: ParsedObject): readonly DiffRow[] {
  const deeper = `${indent}  `;
  const rows: DiffRow[] = [];
  for (const [key, value] of Object.entries(left)) {
    const other = Object.hasOwn(right, key) ? right[key] : undefined;
    const some =
      other === undefined
        ? written(deeper, nameOf(key), value).map(leftRow)
        : compared(deeper, nameOf(key), value, other);
    some.forEach((row) => rows.push(row));
  }
  for (const [key, value] of Object.entries(right)) {
    if (!Object.hasOwn(left, key)) {
      written(deeper, nameOf(key), value).forEach((line) => rows.push(rightRow(line)));
    }
  }
  return rows;
}

function listRows(indent: string, left: readonly Parsed[], right: readonly Parsed[]): DiffRow[] {
  const deeper = `${indent}  `;
  return paired(
    aligned(left, right, canonical),
    (item) => written(deeper, "", item).map(sameRow),
    (one, other) => compared(deeper, "", one, other),
    (item) => written(deeper, "", item).map(leftRow),
    (item) => written(deeper, "", item).map(rightRow),
  );
}

function written(indent: string, name: string, value: Parsed): readonly string[] {
  const deeper = `${indent}  `;
  if (isList(value) && value.length > 0) {
    const items = value.flatMap((item) => written(deeper, "", item));
    return [`${indent}${name}[`, ...items, `${indent}]`];
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const members = Object.entries(value).flatMap(([key, member]) =>
      written(deeper, nameOf(key), member),
    );
    return [`${indent}${name}{`, ...members, `${indent}}`];
  }
  return [`${indent}${name}${canonical(value)}`];
}

function nameOf(key: string): string {
  return `${JSON.stringify(key)}: `;
}

/** The same text for the same data: members by their keys' order. */
function canonical(value: Parsed): string {
  if (isList(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return writeJson(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${nameOf(key)}${canonical(value[key] ?? null)}`);
  return `{${members.join()}}`;
}

function isList(value: Parsed): value is Parsed[] {
  return Array.isArray(value);
}

function isObject(value: Parsed): value is ParsedObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
