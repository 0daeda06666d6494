/** How much of a long text is shown before the reader asks for the rest. */

const HEAD_CHARACTERS = 1_400;
const HEAD_LINES = 16;
/** What a line of the panel holds, roughly: a text without breaks is long too. */
const LINE_CHARACTERS = 90;
/** Hiding less than this would cost the reader more than it saves. */
const SLACK = 1.25;

/** The text itself when it is short; else its first lines, never half a surrogate pair. */
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
