/** What of two texts is the same, word by word. */

export interface DiffPart {
  readonly kind: "same" | "left" | "right";
  readonly text: string;
}

/** Beyond so many pairs of words the texts are shown as two. */
const MOST_PAIRS = 4_000_000;

/** The longest common subsequence of words, with the blanks that follow them. */
export function textDiff(left: string, right: string): readonly DiffPart[] {
  const a = words(left);
  const b = words(right);
  if (a.length * b.length > MOST_PAIRS)
    return joined([
      ["left", a],
      ["right", b],
    ]);
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      lengths[at] =
        a[i] === b[j]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const parts: [DiffPart["kind"], string[]][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      parts.push(["same", [a[i] ?? ""]]);
      i += 1;
      j += 1;
    } else if (
      j >= b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      parts.push(["left", [a[i] ?? ""]]);
      i += 1;
    } else {
      parts.push(["right", [b[j] ?? ""]]);
      j += 1;
    }
  }
  return joined(parts);
}

function words(text: string): readonly string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

/** Neighbours of one kind as one part. */
function joined(
  parts: readonly (readonly [DiffPart["kind"], readonly string[]])[],
): readonly DiffPart[] {
  const found: DiffPart[] = [];
  for (const [kind, pieces] of parts) {
    const text = pieces.join("");
    const last = found.at(-1);
    if (last?.kind === kind) found[found.length - 1] = { kind, text: last.text + text };
    else if (text !== "") found.push({ kind, text });
  }
  return found;
}
