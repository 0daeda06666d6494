/** Compares two lines word by word. */

import { aligned } from "./align";

export interface Piece {
  readonly kind: "same" | "left" | "right";
  readonly text: string;
}

/**
 * Splits a line into words, markers of redaction, JSON escapes and single signs; scripts that write no blanks between
 * words are split by character. A sign keeps its combining marks.
 */
const TOKENS =
  /\[REDACTED:[^\]]{1,64}\]|\\u[0-9a-fA-F]{4}|\\[^]|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*|[\p{L}\p{N}\p{M}_]+|\s+|[^](?:\p{M}|\ufe0f|\u200d[^])*/gu;

/** Lines with a smaller common share are shown as replaced as a whole, except for a common beginning such as a key. */
const LEAST_IN_COMMON = 0.2;

/** Returns the words of two lines, with what was removed and added. */
export function wordChanges(left: string, right: string): readonly Piece[] {
  const pieces = joined(
    aligned(tokens(left), tokens(right), (token) => token).map(({ kind, items }) => ({
      kind,
      text: items.join(""),
    })),
  );
  const inCommon = pieces
    .filter(({ kind }) => kind === "same")
    .reduce((sum, { text }) => sum + text.trim().length, 0);
  if (inCommon >= LEAST_IN_COMMON * Math.min(left.trim().length, right.trim().length))
    return pieces;
  const [first] = pieces;
  const begin = first?.kind === "same" ? first.text : "";
  return [
    { kind: "same" as const, text: begin },
    { kind: "left" as const, text: left.slice(begin.length) },
    { kind: "right" as const, text: right.slice(begin.length) },
  ].filter(({ text }) => text !== "");
}

function tokens(text: string): readonly string[] {
  return text.match(TOKENS) ?? [];
}

/** Joins changes that are separated only by a blank: two words replaced by two others are one change. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const found: Piece[] = [];
  let [left, right] = ["", ""];
  const flush = (): void => {
    if (left !== "") found.push({ kind: "left", text: left });
    if (right !== "") found.push({ kind: "right", text: right });
    [left, right] = ["", ""];
  };
  pieces.forEach(({ kind, text }, at) => {
    if (kind === "left") left += text;
    else if (kind === "right") right += text;
    else if (text.trim() === "" && left + right !== "" && at < pieces.length - 1) {
      left += text;
      right += text;
    } else {
      flush();
      found.push({ kind, text });
    }
  });
  flush();
  return found;
}
