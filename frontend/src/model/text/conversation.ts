/** Finds what is new in a prompt: agents send the whole conversation with every call. */

import { plural } from "../labels/format";
import type { Attributes, Content, Json, Message, MessagePart } from "../trace/span";
import { ancestors, type TraceIndex } from "../trace/traceIndex";
import { writeJson } from "./exactJson";

const LEAST_SHOWN = 2;
const MOST_SHOWN = 6;
/** A fold hides at least this many messages. */
const LEAST_HIDDEN = 2;

/**
 * Returns the index of the first message to show, for a call without a previous one: the user's last message, but so
 * that at least two and at most six messages are shown.
 */
export function firstNewMessage(messages: readonly Message[]): number {
  const lastOfUser = messages.findLastIndex((message) => message.role === "user");
  const earliest = Math.max(0, messages.length - MOST_SHOWN);
  const latest = Math.max(0, messages.length - LEAST_SHOWN);
  const first = Math.min(Math.max(lastOfUser, earliest), latest);
  return first < LEAST_HIDDEN ? 0 : first;
}

export interface PromptDelta {
  /** The number of messages at the start that were in the previous call or its answer. */
  readonly unchanged: number;
  readonly isSystemUnchanged: boolean;
}

/** Compares a call's prompt with the previous call's prompt and answer. */
export function promptDelta(before: Content, now: Content): PromptDelta {
  const known = [...before.inputMessages, ...before.outputMessages];
  let unchanged = 0;
  while (unchanged < now.inputMessages.length && unchanged < known.length) {
    if (fingerprint(known[unchanged]) !== fingerprint(now.inputMessages[unchanged])) break;
    unchanged += 1;
  }
  return {
    unchanged,
    isSystemUnchanged:
      now.systemInstructions.length > 0 &&
      writeJson(now.systemInstructions) === writeJson(before.systemInstructions),
  };
}

/** Returns how many messages to fold; the last one is always shown. */
export function foldedMessages(messages: readonly Message[], delta: PromptDelta | null): number {
  if (delta === null || delta.unchanged === 0) return firstNewMessage(messages);
  const folded = Math.min(delta.unchanged, messages.length - 1);
  return folded < LEAST_HIDDEN ? 0 : folded;
}

/** Returns a message as text to compare, without reasoning: providers do not take it back with the next call. */
function fingerprint(message: Message | undefined): string {
  if (message === undefined) return "";
  const parts = message.parts
    .filter((part) => part.type !== "reasoning")
    // What stands beside a part, such as the mark of a cache, moves from call to call.
    .map((part) => ({ ...part, extra: undefined }));
  return writeJson([message.role, parts]);
}

/**
 * Returns the previous model call: of the calls that started earlier, the latest among those with the closest common
 * ancestor (the same agent, the same node). Null when there is none.
 */
export function previousModelCall(index: TraceIndex, position: number): number | null {
  const row = index.rows[position];
  if (row?.kind !== "model") return null;
  const own = new Map<number, number>();
  let closeness = 0;
  for (const above of ancestors(index, position)) own.set(above, (closeness -= 1));
  let best: { at: number; closeness: number; start: bigint } | null = null;
  for (let at = 0; at < index.rows.length; at += 1) {
    const other = index.rows[at];
    if (other?.kind !== "model" || at === position || other.start >= row.start) continue;
    let shared = Number.NEGATIVE_INFINITY;
    for (const above of ancestors(index, at)) {
      const found = own.get(above);
      if (found !== undefined) {
        shared = found;
        break;
      }
    }
    if (
      best === null ||
      shared > best.closeness ||
      (shared === best.closeness && other.start > best.start)
    ) {
      best = { at, closeness: shared, start: other.start };
    }
  }
  return best?.at ?? null;
}

type Call = Extract<MessagePart, { type: "tool_call" }>;
type Result = Extract<MessagePart, { type: "tool_result" }>;

export interface ToolPairs {
  readonly callOf: ReadonlyMap<Result, Call>;
  readonly resultOf: ReadonlyMap<Call, Result>;
}

/** Calls and their results, found by id. */
export function pairTools(messages: readonly Message[]): ToolPairs {
  const open = new Map<string, Call>();
  const callOf = new Map<Result, Call>();
  const resultOf = new Map<Call, Result>();
  for (const part of messages.flatMap((message) => message.parts)) {
    if (part.type === "tool_call" && part.id !== null) open.set(part.id, part);
    if (part.type !== "tool_result" || part.id === null) continue;
    const call = open.get(part.id);
    if (!call) continue;
    callOf.set(part, call);
    resultOf.set(call, part);
  }
  return { callOf, resultOf };
}

/** A part that this page has no view for: its type, and what else it holds. */
export function rawPart(value: Json): { readonly name: string; readonly value: Json | undefined } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { name: "part", value };
  }
  const { type, ...rest } = value as Attributes;
  const name = typeof type === "string" && type !== "" ? type : "part";
  const names = Object.keys(rest);
  if (names.length === 0) return { name, value: undefined };
  // `{"type": "executableCode", "executableCode": {...}}`
  return { name, value: names.length === 1 && names[0] === name ? rest[name] : rest };
}

/** What is said before a conversation or in it, where the sender has left messages out; null where it has not. */
export function missingNote(message: Message | undefined, isFirst: boolean): string | null {
  const missing = message?.missingBefore ?? 0;
  if (missing === 0) return null;
  if (isFirst) return `starts at message ${missing}: the sender left out what came before`;
  return `${plural(missing, "message")} left out by the sender`;
}

/** The whole prompt of a call as text, for a ticket or another model; what is no text as JSON. */
export function promptText(content: Content): string {
  const turns = content.inputMessages.map(({ role, parts }) => turnText(role, parts));
  if (content.systemInstructions.length > 0) {
    turns.unshift(turnText("system", content.systemInstructions));
  }
  return turns.join("\n\n");
}

function turnText(role: string, parts: readonly MessagePart[]): string {
  return `${role}:\n${parts.map(partText).join("\n")}`;
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.text;
    case "tool_call":
      return `${part.name}(${writeJson(part.arguments)})`;
    case "tool_result":
      return typeof part.result === "string" ? part.result : writeJson(part.result);
    case "media":
      return (
        part.text ??
        `[${[part.sort, part.mediaType, part.name, part.address].filter(Boolean).join(" ")}]`
      );
    case "other":
      return writeJson(part.value);
  }
}
