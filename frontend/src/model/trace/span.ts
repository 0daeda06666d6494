/** Everything about one span: what the panel shows. */

import type { ArtifactRef, RowStatus, SpanError } from "./trace";
import type { Usage } from "./execution";
import type { Nanos } from "../time/time";

/** Attribute values and captured content: whatever JSON can say. Integers beyond 2^53 are bigint. */
export type Json =
  null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };

export type MessagePart = (
  | { readonly type: "text"; readonly text: string }
  /** The text is empty where the provider keeps the thought secret. */
  | { readonly type: "reasoning"; readonly text: string }
  | {
      readonly type: "tool_call";
      readonly id: string | null;
      readonly name: string;
      readonly arguments: Json;
    }
  | {
      readonly type: "tool_result";
      readonly id: string | null;
      /** The tool, where the result names it. */
      readonly name?: string | null;
      readonly result: Json;
      /** The result where it has pictures or files in it. */
      readonly parts?: readonly MessagePart[] | null;
      /** The sender says that the call has failed. */
      readonly isError?: boolean;
    }
  | {
      readonly type: "media";
      readonly sort: "image" | "audio" | "video" | "file";
      /** Empty when nobody said. */
      readonly mediaType: string;
      readonly name: string | null;
      /** Where it can be had: an address, or the provider's own id of it. */
      readonly address: string | null;
      /** In base64, when it stands in the message itself. */
      readonly bytes: string | null;
      /** Its own text, of a document that is text. */
      readonly text?: string | null;
    }
  /** A part that this page has no special view for: shown as JSON, under its type. */
  | { readonly type: "other"; readonly value: Json }
) & {
  /** Fields of the part that have no place of their own here. */
  readonly extra?: Attributes | null;
};

export interface Message {
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly finishReason: string | null;
  /** Who in that role, where the sender says it. */
  readonly name?: string | null;
  /** How many messages before this one the sender has left out. */
  readonly missingBefore?: number;
  /** The sender has cut this message. */
  readonly isTruncated?: boolean;
  /** Fields of the message that have no place of their own here. */
  readonly extra?: Attributes | null;
}

export interface ToolContent {
  readonly name: string;
  readonly callId: string | null;
  readonly arguments: Json | undefined;
  readonly result: Json | undefined;
  /** The result where it has pictures or files in it. */
  readonly parts?: readonly MessagePart[] | null;
  readonly isError?: boolean;
}

/** What was judged of a span; `explanation` is content. */
export interface Evaluation {
  readonly name: string | null;
  readonly score: number | null;
  readonly label: string | null;
  readonly by: string | null;
  readonly explanation: string | null;
}

export interface Named {
  readonly name: string;
  readonly version: string | null;
}

/** Tokens of one modality: parts of the whole counts. */
export interface ModalTokens {
  readonly modality: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
}

/** `undefined`: the span has none; `null` is a value that was captured. */
export interface Content {
  readonly systemInstructions: readonly MessagePart[];
  readonly inputMessages: readonly Message[];
  readonly outputMessages: readonly Message[];
  readonly tool: ToolContent | null;
  readonly toolDefinitions: Json | undefined;
  readonly documents: Json | undefined;
  /** What a retrieval searched for. */
  readonly query: string | null;
  readonly input: Json | undefined;
  readonly output: Json | undefined;
  /** Content that is in none of these, by the name of its attribute or event. */
  readonly other?: Attributes | null;
  /** With their explanations; empty where none has one. */
  readonly evaluations: readonly Evaluation[];
}

export interface SpanEvent {
  readonly name: string;
  readonly time: Nanos;
  readonly attributes: Attributes;
}

export interface CostLine {
  readonly what: string;
  readonly tokens: number;
  readonly nanoUsdPerToken: number | null;
  readonly nanoUsd: number;
}

export interface Cost {
  readonly nanoUsd: number;
  readonly lines: readonly CostLine[];
}

/** Another version that was sent of a span, and had ended too. */
export interface SpanVersion {
  readonly end: Nanos;
  /** Fields that are not as shown, as this version has them; null where it has none. */
  readonly differences: Attributes;
  /** They are too large: only their names are known. */
  readonly isCut: boolean;
}

export type Attributes = Readonly<Record<string, Json>>;

export interface SpanDetail {
  readonly spanId: string;
  readonly traceId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: string;
  readonly otelKind: string;
  readonly nodeId: string | null;
  readonly start: Nanos;
  readonly end: Nanos | null;
  readonly status: RowStatus;
  readonly statusMessage: string | null;
  readonly error: SpanError | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly usage: Usage | null;
  readonly modalTokens: readonly ModalTokens[];
  readonly cost: Cost | null;
  readonly timeToFirstToken: Nanos | null;
  readonly agent: Named | null;
  readonly prompt: Named | null;
  /** Without their explanations. */
  readonly evaluations: readonly Evaluation[];
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: Json;
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string } | null;
  readonly artifacts: readonly ArtifactRef[];
  readonly marks: readonly string[];
  /** What was redacted and how often, never what it was. */
  readonly receipts: Readonly<Record<string, number>>;
  /** The latest first; empty where nothing else was sent. */
  readonly otherVersions: readonly SpanVersion[];
  /** The same span in the operator's own trace viewer. */
  readonly traceUrl: string | null;
  readonly contentAccess: "granted" | "denied" | "not_captured" | "expired";
  /** Whether restricted fields of the span are withheld from the reader. */
  readonly isRestricted: boolean;
  readonly content: Content | null;
  /** The answer as it came, for the raw view. */
  readonly raw: Json;
}
