import { describe, expect, it } from "vitest";
import { senderId } from "../model/trace/execution";
import { ProblemError } from "../model/problem";
import { wireExecution, wireRow, wireSpan, wireTrace } from "../testing/wire";
import { decodeExecutionPage } from "./decodeExecution";
import { decodeSpan } from "./decodeSpan";
import { decodeTrace } from "./decodeTrace";
import { decodeWorkflows } from "./decodeWorkflow";
import type { WireRow } from "./wire";

/** A row with every field that the API has: one that is added there does not compile without a value here. */
const FULL_ROW: Required<WireRow> = {
  span_id: "00f067aa0ba902b7",
  parent_span_id: "00f067aa0ba902b8",
  depth: 1,
  name: "chat",
  kind: "model",
  node_id: "classify",
  start_time_unix_nano: "1764000000000000001",
  end_time_unix_nano: "1764000000000000002",
  status: "error",
  error: { type: "E", message: "went wrong" },
  model: "m",
  provider: "aws.bedrock",
  usage: { cache_read_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0 },
  cost_nano_usd: 6,
  input_preview: "in",
  output_preview: "out",
  attempt: 2,
  time_to_first_token_nano: 5,
  scores: "tone 1",
  artifacts: [{ artifact_id: "art_1", name: "a.csv", media_type: "text/csv", bytes: 8 }],
  marks: ["truncated"],
};

function refusal(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof ProblemError && error.kind === "contract") return error.message;
    throw error;
  }
  return "accepted";
}

describe("decodeTrace", () => {
  it("keeps every digit of a time", () => {
    expect(decodeTrace(wireTrace(), 0n).rows[0]?.start).toBe(1_764_000_000_000_000_001n);
  });

  it("reads what a row leaves out as null or as an empty list", () => {
    expect(decodeTrace(wireTrace(), 5n).rows[0]).toEqual({
      spanId: "00f067aa0ba902b7",
      parentSpanId: null,
      depth: 0,
      name: "root",
      kind: "workflow",
      nodeId: null,
      start: 1_764_000_000_000_000_001n,
      end: null,
      status: "running",
      error: null,
      model: null,
      provider: null,
      usage: null,
      costNanoUsd: null,
      inputPreview: null,
      outputPreview: null,
      attempt: null,
      timeToFirstTokenNano: null,
      scores: null,
      artifacts: [],
      marks: [],
    });
  });

  it("reads every field of a row that the API has", () => {
    const read = new Set<string>();
    const row = new Proxy(FULL_ROW, {
      get(target, name: keyof WireRow) {
        read.add(name);
        return target[name];
      },
    });

    decodeTrace({ ...wireTrace(), rows: [row] }, 0n);

    expect(Object.keys(FULL_ROW).filter((name) => !read.has(name))).toEqual([]);
  });

  it("takes null for absent, as executions may say it", () => {
    const execution = { ...wireExecution(), ended_at_unix_nano: null, trace_url: null };
    const trace = decodeTrace({ ...wireTrace(), execution }, 0n);
    expect(trace.execution.endedAt).toBeNull();
    expect(trace.execution.traceUrl).toBeNull();
  });

  it("knows what its sender calls an execution where that is another id", () => {
    const execution = { ...wireExecution(), external_id: "patients/7" };
    const sent = decodeTrace({ ...wireTrace(), execution }, 0n).execution;
    expect([sent.externalId, senderId(sent)]).toEqual(["patients/7", "patients/7"]);
    const own = decodeTrace(wireTrace(), 0n).execution;
    expect([own.externalId, senderId(own)]).toEqual([undefined, own.executionId]);
  });

  it("names the field that is not what the contract says", () => {
    const broken = { ...wireRow(), start_time_unix_nano: 1_764_000_000_000 };
    expect(refusal(() => decodeTrace({ ...wireTrace(), rows: [wireRow(), broken] }, 0n))).toBe(
      "rows[1].start_time_unix_nano should be nanoseconds as decimal text.",
    );
    expect(refusal(() => decodeTrace({ ...wireTrace(), status: "DONE" }, 0n))).toBe(
      "status should be one of COMPLETE, RUNNING, PARTIAL, EMPTY.",
    );
    expect(refusal(() => decodeTrace([], 0n))).toBe("The answer should be an object.");
  });

  it("takes kinds of spans that this page does not know yet", () => {
    const row = { ...wireRow(), kind: "quantum" };
    expect(decodeTrace({ ...wireTrace(), rows: [row] }, 0n).rows[0]?.kind).toBe("quantum");
  });

  it("reads 10,000 rows", () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => wireRow({ name: `span ${at}` }));
    expect(decodeTrace(wireTrace({ rows }), 0n).rows[9_999]?.name).toBe("span 9999");
  });
});

describe("decodeSpan", () => {
  it("tells a span without content from one whose content is empty", () => {
    expect(decodeSpan(wireSpan()).content).toBeNull();
    expect(decodeSpan(wireSpan({ content: {} })).content?.input).toBeUndefined();
    expect(decodeSpan(wireSpan({ content: { input: null } })).content?.input).toBeNull();
  });

  it("reads the facts of a call that its row does not have", () => {
    const judged = { name: "Relevance", score: 0.5, label: "relevant", explanation: "It answers." };
    const span = decodeSpan(
      wireSpan({
        time_to_first_token_nano: 250_000_000,
        agent: { name: "Clerk", version: "1.2" },
        prompt: { name: "triage" },
        modal_tokens: [{ modality: "audio", input_tokens: 4 }],
        evaluations: [{ name: "Relevance", score: 0.5, label: "relevant" }],
        content: { evaluations: [judged] },
      }),
    );
    expect(span.timeToFirstToken).toBe(250_000_000n);
    expect(span.agent).toEqual({ name: "Clerk", version: "1.2" });
    expect(span.prompt).toEqual({ name: "triage", version: null });
    expect(span.modalTokens).toEqual([
      { modality: "audio", inputTokens: 4, outputTokens: null, cacheReadTokens: null },
    ]);
    expect(span.evaluations[0]?.explanation).toBeNull();
    expect(span.content?.evaluations[0]?.explanation).toBe("It answers.");
  });

  it("reads the parts of a message, and keeps those that it has no view for", () => {
    const parts = [
      { type: "text", content: "Hello" },
      { type: "reasoning", content: "Hm" },
      { type: "tool_call", id: "1", name: "look", arguments: { id: 7 } },
      { type: "tool_call_response", id: "1", response: "found" },
      { type: "image", uri: "s3://x", mime_type: "image/png" },
      { type: "server_tool", code: 7 },
    ];
    const content = { output_messages: [{ role: "assistant", parts, finish_reason: "stop" }] };
    expect(decodeSpan(wireSpan({ content })).content?.outputMessages).toMatchObject([
      {
        role: "assistant",
        finishReason: "stop",
        parts: [
          { type: "text", text: "Hello" },
          { type: "reasoning", text: "Hm" },
          { type: "tool_call", id: "1", name: "look", arguments: { id: 7 } },
          { type: "tool_result", id: "1", result: "found" },
          {
            type: "media",
            sort: "image",
            mediaType: "image/png",
            name: null,
            address: "s3://x",
            bytes: null,
          },
          { type: "other", value: { type: "server_tool", code: 7 } },
        ],
      },
    ]);
  });

  it("keeps the answer as it came for the raw view", () => {
    const wire = wireSpan();
    expect(decodeSpan(wire).raw).toBe(wire);
  });
});

it("reads a page of the history", () => {
  const page = decodeExecutionPage({ items: [wireExecution()], next_cursor: null });
  expect(page.nextCursor).toBeNull();
  expect(page.items[0]?.cause).toEqual({
    nodeId: "escalate",
    spanId: null,
    errorType: "ThrottlingException",
    message: "later",
  });
});

it("refuses an edge that is not a pair", () => {
  const workflow = {
    workflow_id: "w",
    name: "W",
    version: "1",
    description: "",
    nodes: [{ id: "a", name: "A", kind: "http" }],
    edges: [["a"]],
    sample_input: {},
  };
  expect(refusal(() => decodeWorkflows({ items: [workflow] }))).toBe(
    "items[0].edges[0] should be a pair of node ids.",
  );
});

it("reads that a backend alone knows of an execution", () => {
  const page = decodeExecutionPage({
    items: [wireExecution({ spans_from: "tempo", is_unregistered: true }), wireExecution()],
    next_cursor: null,
  });
  expect(page.items.map(({ isUnregistered }) => isUnregistered)).toEqual([true, undefined]);
});

it("reads the session of an execution, and null where there is none", () => {
  const page = decodeExecutionPage({
    items: [wireExecution({ session_id: "chat-7" }), wireExecution()],
    next_cursor: null,
  });
  expect(page.items.map(({ sessionId }) => sessionId)).toEqual(["chat-7", null]);
});

it("reads of a page of the history what could not be read, too", () => {
  const page = decodeExecutionPage({
    items: [wireExecution({ is_newer: true }), wireExecution()],
    unreadable: [
      { execution_id: "exec-2", started_at_unix_nano: "1764000000000000001", why: "newer_version" },
    ],
    next_cursor: null,
  });
  expect(page.items.map(({ isNewer }) => isNewer ?? false)).toEqual([true, false]);
  expect(page.unreadable).toEqual([
    { executionId: "exec-2", startedAt: 1_764_000_000_000_000_001n, why: "newer_version" },
  ]);
});
