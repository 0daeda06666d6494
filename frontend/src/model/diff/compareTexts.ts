/** Collects the input and output texts of a node, and pairs them with those of another run. */

import { promptText } from "../text/conversation";
import type { Content, Json, SpanDetail } from "../trace/span";
import { jsonText } from "../text/jsonTree";

/** A text of a span; it is compared with the text of the same name in the other run. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export interface TextPair {
  readonly name: string;
  readonly left: string;
  readonly right: string;
}

const ERROR = "Error";

/** All texts of a node: its own, then those of the model calls inside it, numbered where there are several. */
export function textsOf(details: readonly SpanDetail[]): readonly NamedText[] {
  const calls = details.filter(({ kind }) => kind === "model");
  return details.flatMap((detail) => {
    const number = calls.length > 1 ? ` ${calls.indexOf(detail) + 1}` : "";
    const suffix = detail.kind === "model" ? ` of model call${number}` : "";
    return textsOfSpan(detail).map(({ name, text }) => ({ name: `${name}${suffix}`, text }));
  });
}

function textsOfSpan({ content, error }: SpanDetail): readonly NamedText[] {
  const texts: NamedText[] = error
    ? [{ name: ERROR, text: [error.type, error.message].filter(Boolean).join(": ") }]
    : [];
  if (content === null) return texts;
  const { tool } = content;
  const captured: readonly (readonly [name: string, value: Json | undefined])[] = [
    ["Prompt", promptText(content)],
    ["Answer", answerText(content)],
    ["Arguments", tool?.arguments],
    ["Result", tool?.result],
    ["Query", content.query],
    ["Input", content.input],
    ["Output", content.output],
    ["Documents", content.documents],
    ["Other content", content.other ?? undefined],
  ];
  for (const [name, value] of captured) {
    if (value !== undefined && value !== null && value !== "")
      texts.push({ name, text: jsonText(value) });
  }
  return texts;
}

function answerText(content: Content): string {
  return promptText({ ...content, systemInstructions: [], inputMessages: content.outputMessages });
}

/** Pairs texts by name: errors first, then in the order of the left run; texts that only the right run has follow. */
export function pairTexts(
  left: readonly NamedText[],
  right: readonly NamedText[],
): readonly TextPair[] {
  const lefts = new Map(left.map(({ name, text }) => [name, text]));
  const rights = new Map(right.map(({ name, text }) => [name, text]));
  const names = [...new Set([...lefts.keys(), ...rights.keys()])];
  const isError = (name: string): boolean => name.startsWith(ERROR);
  return [...names.filter(isError), ...names.filter((name) => !isError(name))].map((name) => ({
    name,
    left: lefts.get(name) ?? "",
    right: rights.get(name) ?? "",
  }));
}
