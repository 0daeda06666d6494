import { describe, expect, it } from "vitest";
import { makeRow, START } from "../../testing/make";
import {
  firstNewMessage,
  foldedMessages,
  pairTools,
  previousModelCall,
  promptDelta,
  promptText,
} from "./conversation";
import type { Content, Message, MessagePart } from "../trace/span";
import { indexTrace } from "../trace/traceIndex";

const say = (role: string, text: string): Message => ({
  role,
  parts: [{ type: "text", text }],
  finishReason: null,
});

function content(input: readonly Message[], output: readonly Message[] = []): Content {
  return {
    systemInstructions: [{ type: "text", text: "Be exact." }],
    inputMessages: input,
    outputMessages: output,
    tool: null,
    toolDefinitions: undefined,
    documents: undefined,
    query: null,
    input: undefined,
    output: undefined,
    evaluations: [],
  };
}

describe("promptDelta", () => {
  const asked = [say("user", "a"), say("assistant", "b"), say("user", "c")];

  it("counts what the call before had and what it answered", () => {
    const before = content(asked, [say("assistant", "d")]);
    const now = content([...asked, say("assistant", "d"), say("user", "e")]);
    expect(promptDelta(before, now)).toEqual({ unchanged: 4, isSystemUnchanged: true });
    expect(foldedMessages(now.inputMessages, promptDelta(before, now))).toBe(4);
  });

  it("stops at the first message that is another", () => {
    const now = content([say("user", "a"), say("assistant", "changed"), say("user", "c")]);
    expect(promptDelta(content(asked), now).unchanged).toBe(1);
  });

  it("does not count reasoning, which providers do not take back", () => {
    const thought: Message = {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "d" },
      ],
      finishReason: "stop",
    };
    const now = content([...asked, say("assistant", "d"), say("user", "e")]);
    expect(promptDelta(content(asked, [thought]), now).unchanged).toBe(4);
  });

  it("always leaves the last message, though a retry sends all of it again", () => {
    const delta = promptDelta(content(asked), content(asked));
    expect(delta.unchanged).toBe(3);
    expect(foldedMessages(asked, delta)).toBe(2);
  });
});

describe("previousModelCall", () => {
  /*
   * root
   *   agent a: m1 m3
   *   agent b: m2 m4
   */
  const model = (spanId: string, parent: string, second: bigint) =>
    makeRow({ spanId, parentSpanId: parent, depth: 2, kind: "model", start: START + second });
  const index = indexTrace([
    makeRow({ spanId: "root" }),
    makeRow({ spanId: "a", parentSpanId: "root", depth: 1 }),
    model("m1", "a", 1n),
    model("m3", "a", 3n),
    makeRow({ spanId: "b", parentSpanId: "root", depth: 1 }),
    model("m2", "b", 2n),
    model("m4", "b", 4n),
  ]);
  const before = (spanId: string): string | undefined => {
    const at = previousModelCall(index, index.positionOf.get(spanId) ?? -1);
    return at === null ? undefined : index.rows[at]?.spanId;
  };

  it("prefers the same agent's to a later one of another's", () => {
    expect(before("m4")).toBe("m2");
    expect(before("m3")).toBe("m1");
  });

  it("takes another's when the agent has none before, and none when there is none", () => {
    expect(before("m2")).toBe("m1");
    expect(before("m1")).toBeUndefined();
    expect(before("root")).toBeUndefined();
  });
});

it("pairs calls and results by their id", () => {
  const call: MessagePart = { type: "tool_call", id: "1", name: "find", arguments: {} };
  const result: MessagePart = { type: "tool_result", id: "1", result: "found" };
  const stray: MessagePart = { type: "tool_result", id: "9", result: "?" };
  const turn = (...parts: MessagePart[]): Message => ({ role: "x", parts, finishReason: null });
  const pairs = pairTools([turn(call), turn(result, stray)]);
  expect(pairs.resultOf.get(call)).toBe(result);
  expect(pairs.callOf.get(result)).toBe(call);
  expect(pairs.callOf.get(stray)).toBeUndefined();
});

it("writes a prompt as text, all of it", () => {
  const call: MessagePart = { type: "tool_call", id: "1", name: "find", arguments: { id: 4 } };
  const result: MessagePart = { type: "tool_result", id: "1", result: { found: true } };
  const turn = (role: string, part: MessagePart): Message => ({
    role,
    parts: [part],
    finishReason: null,
  });
  const messages = [say("user", "Where is it?"), turn("assistant", call), turn("tool", result)];
  expect(promptText(content(messages))).toBe(
    'system:\nBe exact.\n\nuser:\nWhere is it?\n\nassistant:\nfind({"id":4})\n\ntool:\n{"found":true}',
  );
});

describe("firstNewMessage", () => {
  const conversation = (roles: string): Message[] =>
    Array.from(roles, (role) => ({
      role: { u: "user", a: "assistant", t: "tool" }[role] ?? role,
      parts: [],
      finishReason: null,
    }));

  it.each([
    ["", 0],
    ["u", 0],
    ["uat", 0],
    ["uauau", 3],
    ["uatatuat", 5],
    ["uatatatatat", 5],
  ])("of %s it is message %d", (roles, first) => {
    expect(firstNewMessage(conversation(roles))).toBe(first);
  });
});
