/** Builders for tests: everything has a value, a test names what it is about. */

import type { Execution } from "../model/trace/execution";
import type { Content, SpanDetail } from "../model/trace/span";
import type { Row, Trace } from "../model/trace/trace";

export const SECOND = 1_000_000_000n;
/** 2025-11-24 16:00:00 UTC. */
export const START = 1_764_000_000_000_000_000n;

export function makeRow(overrides: Partial<Row> & { readonly spanId: string }): Row {
  return {
    parentSpanId: null,
    depth: 0,
    name: overrides.spanId,
    kind: "node",
    nodeId: null,
    start: START,
    end: START + SECOND,
    status: "ok",
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
    ...overrides,
  };
}

export function makeExecution(overrides: Partial<Execution> = {}): Execution {
  return {
    executionId: "exec-1",
    workflowId: "support-triage",
    workflowName: "Support triage",
    workflowVersion: "3",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    status: "succeeded",
    startedAt: START,
    beganAt: overrides.startedAt ?? START,
    listedAt: overrides.startedAt ?? START,
    endedAt: START + 5n * SECOND,
    deadline: null,
    cause: null,
    counters: {
      spans: 0,
      errors: 0,
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      costNanoUsd: 0,
      unpriced: 0,
      unreportedCalls: 0,
      dropped: 0,
    },
    completeness: { expected: [], received: [], missing: [] },
    exporters: {
      store: null,
      otlp: null,
      otlpFailingSince: null,
      otlpReason: null,
      otlpDropped: 0,
      otlpDroppedBy: [],
    },
    startedBy: "operator",
    sessionId: null,
    expiresAt: null,
    traceUrl: null,
    ...overrides,
  };
}

export function makeTrace(rows: readonly Row[], overrides: Partial<Trace> = {}): Trace {
  return {
    execution: makeExecution(),
    status: "COMPLETE",
    reason: null,
    contentAccess: "granted",
    isRestricted: false,
    rows,
    totalRows: rows.length,
    servedAt: START + 10n * SECOND,
    ...overrides,
  };
}

export function makeDetail(overrides: Partial<SpanDetail> = {}): SpanDetail {
  return {
    spanId: "00f067aa0ba902b7",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentSpanId: null,
    name: "chat",
    kind: "model",
    otelKind: "client",
    nodeId: null,
    start: START,
    end: START + SECOND,
    status: "ok",
    statusMessage: null,
    error: null,
    model: null,
    provider: null,
    usage: null,
    modalTokens: [],
    cost: null,
    timeToFirstToken: null,
    agent: null,
    prompt: null,
    evaluations: [],
    attributes: {},
    events: [],
    links: [],
    resource: {},
    scope: null,
    artifacts: [],
    marks: [],
    receipts: {},
    otherVersions: [],
    traceUrl: null,
    contentAccess: "granted",
    isRestricted: false,
    content: null,
    raw: null,
    ...overrides,
  };
}

export function makeContent(overrides: Partial<Content> = {}): Content {
  return {
    systemInstructions: [],
    inputMessages: [],
    outputMessages: [],
    evaluations: [],
    tool: null,
    toolDefinitions: undefined,
    documents: undefined,
    query: null,
    input: undefined,
    output: undefined,
    ...overrides,
  };
}

/**
 * Rows from an outline: two blanks a level, `!` behind a span that failed, `~` behind a running one.
 *
 *     root
 *       a
 *         b !
 */
export function outline(text: string): readonly Row[] {
  const path: string[] = [];
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, position, lines) => {
      const margin = /^ */.exec(lines[0] ?? "")?.[0].length ?? 0;
      const depth = ((/^ */.exec(line)?.[0].length ?? 0) - margin) / 2;
      const [spanId = "", flag] = line.trim().split(" ");
      path[depth] = spanId;
      const start = START + BigInt(position) * SECOND;
      return makeRow({
        spanId,
        depth,
        parentSpanId: path[depth - 1] ?? null,
        start,
        end: flag === "~" ? null : start + SECOND,
        status: flag === "!" ? "error" : flag === "~" ? "running" : "ok",
      });
    });
}

/** A root, `width` maps under it, and under each of them items up to the wanted number of rows. */
export function manyRows(count: number, width: number): readonly Row[] {
  const rows: Row[] = [makeRow({ spanId: "root", kind: "workflow" })];
  const items = Math.ceil((count - 1 - width) / width);
  for (let map = 0; map < width; map += 1) {
    rows.push(makeRow({ spanId: `map-${map}`, depth: 1, kind: "map" }));
    for (let item = 0; item < items && rows.length < count - (width - 1 - map); item += 1) {
      rows.push(makeRow({ spanId: `item-${map}-${item}`, depth: 2, kind: "item" }));
    }
  }
  return rows;
}
