/** Texts of Markdown tokens as a reader sees them: CommonMark's character references are decoded, but not in code. */

import { decodeHTMLStrict } from "entities/decode";
import type { Token, Tokens } from "marked";

/** `&copy;` and `&#169;` as the character; what is no reference stays as it is. */
export function withCharacters(text: string): string {
  return text.includes("&") ? decodeHTMLStrict(text) : text;
}

/** Of a token without tokens inside. The library itself decodes numeric references in `text`, but not in `raw`. */
export function writtenText(token: Token): string {
  const text = "text" in token && typeof token.text === "string" ? token.text : token.raw;
  if (token.type === "text") return withCharacters(token.raw);
  return token.type === "image" ? withCharacters(text) : text;
}

/** An address that stands in the text by itself is meant as it is written. */
export function linkAddress(link: Tokens.Link | Tokens.Image): string {
  return "autolink" in link && link.autolink === true ? link.href : withCharacters(link.href);
}
