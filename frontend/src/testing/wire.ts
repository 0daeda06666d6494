/** Answers of the API as they come over the wire, for tests of the edge. */

import type { WireExecution, WireRow, WireSpan, WireTrace } from "../api/wire";

export function wireExecution(overrides: Partial<WireExecution> = {}): WireExecution {
  return {
    execution_id: "exec-1",
    workflow_id: "support-triage",
    workflow_name: "Support triage",
    workflow_version: "3",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    status: "failed",
    started_at_unix_nano: "1764000000000000001",
    cause: { node_id: "escalate", error_type: "ThrottlingException", message: "later" },
    counters: {
      spans: 2,
      errors: 1,
      input_tokens: 10,
      output_tokens: 3,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
      cost_nano_usd: 20_000,
      unpriced: 0,
      unreported_calls: 0,
      dropped: 0,
    },
    completeness: { expected: ["a", "b"], received: ["a"], missing: ["b"] },
    exporters: {},
    started_by: "operator",
    expires_at: 1_766_592_000,
    ...overrides,
  };
}

export function wireRow(overrides: Partial<WireRow> = {}): WireRow {
  return {
    span_id: "00f067aa0ba902b7",
    depth: 0,
    name: "root",
    kind: "workflow",
    start_time_unix_nano: "1764000000000000001",
    status: "running",
    ...overrides,
  };
}

export function wireTrace(overrides: Partial<WireTrace> = {}): WireTrace {
  return {
    execution: wireExecution(),
    status: "COMPLETE",
    content_access: "granted",
    total_rows: 1,
    version: "v1",
    rows: [wireRow()],
    next_cursor: null,
    ...overrides,
  };
}

export function wireSpan(overrides: Partial<WireSpan> = {}): WireSpan {
  return {
    span_id: "00f067aa0ba902b7",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    name: "chat",
    kind: "model",
    otel_kind: "client",
    start_time_unix_nano: "1764000000000000001",
    end_time_unix_nano: "1764000000000000002",
    status: "ok",
    attributes: { "gen_ai.request.model": "claude" },
    events: [],
    links: [],
    resource: {},
    scope: { name: "spanvas", version: "0.1.0" },
    artifacts: [],
    marks: [],
    receipts: { email: 2 },
    content_access: "granted",
    ...overrides,
  };
}
