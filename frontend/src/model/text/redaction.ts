/** What the privacy rules left behind: `[REDACTED:email]` stands where an address stood. */

export type TextPiece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "redaction"; readonly rule: string };

const MARKER = /\[REDACTED:([A-Za-z0-9_.-]{1,64})\]/g;

/** Says whether the privacy rules removed something of the text. */
export function hasRedactions(text: string): boolean {
  return text.includes("[REDACTED:");
}

/** Splits a text into words and what the privacy rules removed. */
export function splitRedactions(text: string): readonly TextPiece[] {
  if (!hasRedactions(text)) return [{ type: "text", text }];
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKER)) {
    if (match.index > end) pieces.push({ type: "text", text: text.slice(end, match.index) });
    pieces.push({ type: "redaction", rule: match[1] ?? "" });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ type: "text", text: text.slice(end) });
  return pieces;
}

const SENTENCES: Readonly<Record<string, string>> = {
  restricted:
    "This deployment restricts this field, and your role has no trace:content:restricted. It is stored; those with the permission see it.",
  content:
    "This is content, and your role has no trace:content. It is stored as far as the deployment keeps content; those with the permission see it.",
  unscanned:
    "The privacy check did not get through this text in its time, so all of it was left out before it was stored. It cannot be brought back; a larger SPANVAS_REDACTION_BUDGET_MS lets later runs keep theirs.",
};

/** Says whether something is withheld from this reader alone, and not removed from what is stored. */
export function isWithheld(rule: string): boolean {
  return rule === "restricted" || rule === "content";
}

/** What a removal means, in a sentence for hover and for screen readers. */
export function explainRedaction(rule: string): string {
  return (
    SENTENCES[rule] ??
    `The privacy rule “${rule}” removed something here before it was stored. What it was is not kept anywhere.`
  );
}
