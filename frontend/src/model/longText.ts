/** How much of a long text is shown before the reader asks for the rest. */

const HEAD_CHARACTERS = 1_400;
const HEAD_LINES = 16;
/** Hiding less than this would cost the reader more than it saves. */
const SLACK = 1.25;

/** The text itself when it is short; else its first lines, never half a surrogate pair. */
export function headOf(text: string): string {
  const lineEnd = positionOfLine(text, Math.floor(HEAD_LINES * SLACK));
  if (text.length <= HEAD_CHARACTERS * SLACK && lineEnd === text.length) return text;
  const end = Math.min(HEAD_CHARACTERS, positionOfLine(text, HEAD_LINES));
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
