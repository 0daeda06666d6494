/** Decides how a text is shown: as plain text, Markdown or JSON, and how much of it at first. */

import type { Json } from "../trace/span";
import { parseAsWritten } from "./exactJson";

export type TextForm =
  | { readonly form: "plain" }
  | { readonly form: "markdown" }
  | { readonly form: "json"; readonly value: Json };

/** Longer texts are shown as plain text: parsing them would block the page. */
const MOST_CHARACTERS = 400_000;
const SAMPLE_CHARACTERS = 6_000;

/** No pattern looks beyond the next line, so that the time grows with the length alone. */
const MARKDOWN_SIGNS = [
  /^#{1,6} \S/m,
  /^ {0,3}(```|~~~)/m,
  /\*\*[^*\s][^*\n]{0,200}\*\*/,
  /^ {0,3}[-*+] \S[^\n]*\n+ {0,3}[-*+] \S/m,
  /^ {0,3}1[.)] \S[^\n]*\n+ {0,3}2[.)] \S/m,
  /^\|[^\n]*\|\s*\n\|? ?:?-{2,}/m,
  /\[[^\]\n]{1,200}\]\(https?:/,
  /(^|[\s(])`[^`\n]{1,200}`/m,
];

/** Detects the form of a text from its first characters. */
export function textForm(text: string): TextForm {
  if (text.length > MOST_CHARACTERS) return { form: "plain" };
  const value = structuredValue(text);
  if (value !== undefined) return { form: "json", value };
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  return MARKDOWN_SIGNS.some((sign) => sign.test(sample))
    ? { form: "markdown" }
    : { form: "plain" };
}

/** Parses a JSON object or list; a bare number or word counts as text. */
function structuredValue(text: string): Json | undefined {
  const trimmed = text.trim();
  if (!/^(\{[^]*\}|\[[^]*\])$/.test(trimmed)) return undefined;
  const value = parseAsWritten(trimmed);
  return typeof value === "object" && value !== null ? value : undefined;
}

const HEAD_CHARACTERS = 1_400;
const HEAD_LINES = 16;
/** About how many characters fit on a line of the panel; a text without line breaks is long, too. */
const LINE_CHARACTERS = 90;
/** A text is shown whole when it is less than 25 % over the limit: hiding so little saves nothing. */
const SLACK = 1.25;

/** Returns a short text whole, else its first lines; never cuts a surrogate pair. */
export function headOf(text: string, lines = HEAD_LINES): string {
  const lineEnd = positionOfLine(text, Math.floor(lines * SLACK));
  const characters =
    lines > HEAD_LINES
      ? lines * LINE_CHARACTERS
      : Math.min(HEAD_CHARACTERS, lines * LINE_CHARACTERS);
  if (text.length <= characters * SLACK && lineEnd === text.length) return text;
  const end = Math.min(characters, positionOfLine(text, lines));
  const isHalfPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return text.slice(0, isHalfPair ? end - 1 : end).trimEnd();
}

function positionOfLine(text: string, line: number): number {
  let at = -1;
  for (let count = 0; count < line; count += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return text.length;
  }
  return at;
}
