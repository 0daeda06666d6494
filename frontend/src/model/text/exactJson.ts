/**
 * Reads and writes JSON without loss in its integers: beyond 2^53 a JavaScript number would be a neighbour of what was
 * sent. Such integers are read as bigint, all other numbers as number.
 */

import type { Json } from "../trace/span";

/** Integers of up to so many digits are exact as a number. */
const EXACT_DIGITS = 15;
/** A double is written with 17 significant digits at most: a number with more is not one. */
const DOUBLE_DIGITS = 17;

const LONG_DIGITS = /\d{16}/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d[\d.eE+-]*/g;
const INTEGER = /^-?\d+$/;

/** Parses a JSON text; integers beyond 2^53 become bigint. Throws a SyntaxError where it is no JSON. */
export function parseJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  const mark = markFor(text);
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    isLongInteger(token) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? integer(value.slice(mark.length)) : value,
  );
}

/**
 * Parses a JSON text that is shown in the place of the text itself. Undefined where it is no JSON, and where a number
 * would be shown otherwise than it was sent: more digits than a double has, or beyond its range.
 */
export function parseAsWritten(text: string): Json | undefined {
  try {
    return hasLossyNumber(text) ? undefined : (parseJson(text) as Json);
  } catch {
    return undefined;
  }
}

/** Writes a value as JSON, bigint as integers. `space` as in JSON.stringify. */
export function writeJson(value: unknown, space?: number): string {
  const integers: bigint[] = [];
  const withoutIntegers = JSON.stringify(
    value,
    (_, item: unknown) => (typeof item === "bigint" ? integers.push(item) : item),
    space,
  );
  if (integers.length === 0) return withoutIntegers;
  const mark = markFor(withoutIntegers);
  return JSON.stringify(
    value,
    (_, item: unknown) => (typeof item === "bigint" ? `${mark}${item}` : item),
    space,
  ).replace(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}

/** A text that does not occur in another one. */
function markFor(text: string): string {
  let mark = "\ue000";
  while (text.includes(mark)) mark += "\ue000";
  return mark;
}

function isLongInteger(token: string): boolean {
  return token.length > EXACT_DIGITS && INTEGER.test(token);
}

/** `01` and `-` are no JSON: they stay texts that no parser takes. */
function integer(digits: string): number | bigint {
  if (/^-?0\d/.test(digits)) throw new SyntaxError(`${digits} is no number in JSON`);
  const value = BigInt(digits);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function hasLossyNumber(text: string): boolean {
  if (!/\d[eE]|[\d.]{18}/.test(text)) return false;
  return (text.match(STRING_OR_NUMBER) ?? []).some(
    (token) =>
      !token.startsWith('"') &&
      !INTEGER.test(token) &&
      (!Number.isFinite(Number(token)) || significantDigits(token) > DOUBLE_DIGITS),
  );
}

function significantDigits(token: string): number {
  return token
    .replace(/[eE].*/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "").length;
}
