/** What a text is, as far as showing it goes. */

import type { Json } from "../trace/span";

export type TextForm =
  | { readonly form: "plain" }
  | { readonly form: "markdown" }
  | { readonly form: "json"; readonly value: Json };

/** Longer texts are shown as they are: reading them as something else would freeze the page. */
const MOST_CHARACTERS = 400_000;
const SAMPLE_CHARACTERS = 6_000;

/** Each on its own line, or within one: no pattern looks further than its line. */
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

export function textForm(text: string): TextForm {
  if (text.length > MOST_CHARACTERS) return { form: "plain" };
  const value = structuredValue(text);
  if (value !== undefined) return { form: "json", value };
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  return MARKDOWN_SIGNS.some((sign) => sign.test(sample))
    ? { form: "markdown" }
    : { form: "plain" };
}

/** An object or a list; a bare number or word is text. */
function structuredValue(text: string): Json | undefined {
  const trimmed = text.trim();
  if (!/^(\{[^]*\}|\[[^]*\])$/.test(trimmed)) return undefined;
  try {
    const value = JSON.parse(trimmed) as Json;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
