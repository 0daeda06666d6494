/** Captured content: written by models and people, so only its outline is held to the contract. */

import type {
  Attributes,
  Content,
  Evaluation,
  Json,
  Message,
  MessagePart,
  ToolContent,
} from "../model/trace/span";
import { Fields } from "./fields";
import type { WireContent, WireEvaluation, WireMessage, WirePart, WireTool } from "./wire";

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
    other: objectOf(fields.json("other")),
    evaluations: fields.list("evaluations", decodeEvaluation),
  };
}

/** Decodes what was judged of a span. */
export function decodeEvaluation(value: unknown, path: Path): Evaluation {
  const fields = Fields.of<WireEvaluation>(value, path);
  return {
    name: fields.textOrNull("name"),
    score: fields.numberOrNull("score"),
    label: fields.textOrNull("label"),
    by: fields.textOrNull("by"),
    explanation: fields.textOrNull("explanation"),
  };
}

function decodeMessage(value: unknown, path: Path): Message {
  const fields = Fields.of<WireMessage>(value, path);
  const given = value as Attributes;
  return {
    role: fields.text("role"),
    parts: fields.list("parts", decodePart),
    finishReason: wordOf(given.finish_reason),
    name: wordOf(given.name),
    missingBefore: typeof given.missing_before === "number" ? given.missing_before : 0,
    isTruncated: given.truncated === true,
    extra: without(given, MESSAGE_FIELDS),
  };
}

function decodePart(value: unknown, path: Path): MessagePart {
  const fields = Fields.of<WirePart>(value, path);
  const given = value as Attributes;
  const content = given.content;
  switch (fields.text("type")) {
    case "text":
    case "reasoning":
      if (typeof content !== "string") break;
      return {
        type: given.type === "text" ? "text" : "reasoning",
        text: content,
        extra: without(given, TEXT_FIELDS),
      };
    case "tool_call":
      return {
        type: "tool_call",
        id: wordOf(given.id),
        name: given.name === "" ? "unnamed tool" : (wordOf(given.name) ?? "unnamed tool"),
        arguments: given.arguments ?? null,
        extra: without(given, CALL_FIELDS),
      };
    case "tool_call_response":
      return {
        type: "tool_result",
        id: wordOf(given.id),
        name: wordOf(given.name),
        result: given.response ?? null,
        parts: resultParts(given.response, path),
        isError: given.is_error === true,
        extra: without(given, RESULT_FIELDS),
      };
    case "image":
    case "file":
      return mediaPart(given);
  }
  return { type: "other", value: given };
}

const MESSAGE_FIELDS = ["role", "parts", "finish_reason", "name", "missing_before", "truncated"];
const TEXT_FIELDS = ["type", "content"];
const CALL_FIELDS = ["type", "id", "name", "arguments"];
const RESULT_FIELDS = ["type", "id", "name", "response", "is_error"];
const MEDIA_FIELDS = ["type", "mime_type", "name", "uri", "file_id", "content", "text", "modality"];
const MEDIA_TYPES: ReadonlySet<unknown> = new Set(["image", "file"]);

/** The fields beside those that are shown; null where there are none. */
function without(given: Attributes, names: readonly string[]): Attributes | null {
  const rest = Object.entries(given).filter(([name]) => !names.includes(name));
  return rest.length === 0 ? null : Object.fromEntries(rest);
}

/** What a tool gave back as parts, where pictures or files are among it. */
function resultParts(value: Json | undefined, path: Path): readonly MessagePart[] | null {
  if (!Array.isArray(value)) return null;
  const items = value as readonly Json[];
  if (!items.some((item) => MEDIA_TYPES.has(objectOf(item)?.type))) return null;
  return items.map((item) => {
    const given = objectOf(item);
    return typeof given?.type === "string"
      ? decodePart(given, path)
      : { type: "other", value: item };
  });
}

function objectOf(value: Json | undefined): Attributes | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Attributes)
    : null;
}

/** Fields beside the ones with a contract of their own, as `semantics/media.py` writes them. */
function mediaPart(part: Attributes): MessagePart {
  const mediaType = wordOf(part.mime_type) ?? "";
  return {
    type: "media",
    sort: part.type === "image" ? "image" : sortOf(wordOf(part.modality) ?? mediaType),
    mediaType,
    name: wordOf(part.name),
    address: wordOf(part.uri) ?? wordOf(part.file_id),
    bytes: wordOf(part.content),
    text: wordOf(part.text),
    extra: without(
      part,
      MEDIA_FIELDS.filter((name) => name === "type" || typeof part[name] === "string"),
    ),
  };
}

function sortOf(type: string): "audio" | "video" | "file" {
  if (type.startsWith("audio")) return "audio";
  return type.startsWith("video") ? "video" : "file";
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
    parts: resultParts(fields.json("result"), path),
    isError: (value as Attributes).is_error === true,
  };
}
