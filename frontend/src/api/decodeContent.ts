/** Captured content: written by models and people, so only its outline is held to the contract. */

import type { Content, Json, Message, MessagePart, ToolContent } from "../model/trace/span";
import { Fields } from "./fields";
import type { WireContent, WireMessage, WirePart, WireTool } from "./wire";

type Path = () => string;

/** Decodes the content of a span; only its outline must fit the contract. */
export function decodeContent(value: unknown, path: Path): Content {
  const fields = Fields.of<WireContent>(value, path);
  return {
    systemInstructions: fields.list("system_instructions", decodePart),
    inputMessages: fields.list("input_messages", decodeMessage),
    outputMessages: fields.list("output_messages", decodeMessage),
    tool: fields.objectOrNull("tool", decodeTool),
    toolDefinitions: fields.json("tool_definitions"),
    documents: fields.json("documents"),
    query: fields.textOrNull("query"),
    input: fields.json("input"),
    output: fields.json("output"),
  };
}

function decodeMessage(value: unknown, path: Path): Message {
  const fields = Fields.of<WireMessage>(value, path);
  return {
    role: fields.text("role"),
    parts: fields.list("parts", decodePart),
    finishReason: fields.textOrNull("finish_reason"),
  };
}

function decodePart(value: unknown, path: Path): MessagePart {
  const fields = Fields.of<WirePart>(value, path);
  const content = fields.json("content");
  switch (fields.text("type")) {
    case "text":
      if (typeof content === "string") return { type: "text", text: content };
      break;
    case "reasoning":
      if (typeof content === "string") return { type: "reasoning", text: content };
      break;
    case "tool_call":
      return {
        type: "tool_call",
        id: fields.textOrNull("id"),
        name: fields.textOrNull("name") ?? "unnamed tool",
        arguments: fields.json("arguments") ?? null,
      };
    case "tool_call_response":
      return {
        type: "tool_result",
        id: fields.textOrNull("id"),
        result: fields.json("response") ?? null,
      };
    case "image":
    case "file":
      return mediaPart(value as Readonly<Record<string, Json>>);
  }
  return { type: "other", value: value as Json };
}

/** Fields beside the ones with a contract of their own, as `semantics/parts.py` writes them. */
function mediaPart(part: Readonly<Record<string, Json>>): MessagePart {
  return {
    type: "media",
    sort: part.type === "image" ? "image" : "file",
    mediaType: wordOf(part.mime_type) ?? "",
    name: wordOf(part.name),
    address: wordOf(part.uri) ?? wordOf(part.file_id),
    bytes: wordOf(part.content),
  };
}

function wordOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function decodeTool(value: unknown, path: Path): ToolContent {
  const fields = Fields.of<WireTool>(value, path);
  return {
    name: fields.text("name"),
    callId: fields.textOrNull("call_id"),
    arguments: fields.json("arguments"),
    result: fields.json("result"),
  };
}
