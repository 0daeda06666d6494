/** What of two texts is the same, word by word. */

export interface DiffPart {
  readonly kind: "same" | "left" | "right";
  readonly text: string;
}

/** Beyond so many pairs of words that are not the same at either end, the texts are shown as two. */
const MOST_PAIRS = 4_000_000;

type Piece = readonly [kind: DiffPart["kind"], words: readonly string[]];

/** Word by word, with the blanks that follow them. What is the same at both ends costs no more than to read it. */
export function textDiff(left: string, right: string): readonly DiffPart[] {
  const a = words(left);
  const b = words(right);
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return joined([
    ["same", a.slice(0, head)],
    ...between(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ["same", a.slice(a.length - tail)],
  ]);
}

/** By the longest common subsequence of the words. */
function between(a: readonly string[], b: readonly string[]): readonly Piece[] {
  if (a.length * b.length > MOST_PAIRS) {
    return [
      ["left", a],
      ["right", b],
    ];
  }
  const width = b.length + 1;
  const lengths = commonLengths(a, b);
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push(["same", [a[i] ?? ""]]);
      i += 1;
      j += 1;
    } else if (
      j >= b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      pieces.push(["left", [a[i] ?? ""]]);
      i += 1;
    } else {
      pieces.push(["right", [b[j] ?? ""]]);
      j += 1;
    }
  }
  return pieces;
}

/** How many words the rests of both, from word i and word j on, have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
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
  return lengths;
}

function words(text: string): readonly string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

/** Neighbours of one kind as one part. */
function joined(pieces: readonly Piece[]): readonly DiffPart[] {
  const found: { kind: DiffPart["kind"]; texts: string[] }[] = [];
  for (const [kind, texts] of pieces) {
    if (texts.length === 0) continue;
    const last = found.at(-1);
    if (last?.kind === kind) texts.forEach((text) => last.texts.push(text));
    else found.push({ kind, texts: [...texts] });
  }
  return found.map(({ kind, texts }) => ({ kind, text: texts.join("") }));
}
