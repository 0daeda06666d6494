import { expect, it } from "vitest";
import type { Usage } from "../model/trace/execution";
import type { ArtifactRef, Row, SpanError } from "../model/trace/trace";
import { START } from "../testing/make";
import { isSameRow } from "./loading";

// The types demand every field: one that the API adds has to be given here, too.
const USAGE: Usage = {
  inputTokens: 1,
  outputTokens: 2,
  cacheReadTokens: 3,
  cacheWriteTokens: 4,
  reasoningTokens: 5,
};
const ERROR: SpanError = { type: "E", message: "m" };
const FILE: ArtifactRef = { artifactId: "f", name: "f.csv", mediaType: "text/csv", bytes: 3 };
const ROW: Row = {
  spanId: "a",
  parentSpanId: "p",
  depth: 1,
  name: "call",
  kind: "model",
  nodeId: "draft",
  start: START,
  end: START + 1n,
  status: "ok",
  error: ERROR,
  model: "haiku",
  provider: "aws.bedrock",
  usage: USAGE,
  costNanoUsd: 7,
  inputPreview: "in",
  outputPreview: "out",
  attempt: 1,
  timeToFirstTokenNano: 5,
  scores: "tone 1",
  artifacts: [FILE],
  marks: ["cut"],
};
const OTHER_USAGE: Usage = {
  inputTokens: 2,
  outputTokens: 3,
  cacheReadTokens: 4,
  cacheWriteTokens: 5,
  reasoningTokens: 6,
};
const OTHER_ERROR: SpanError = { type: "F", message: "n" };
const OTHER_FILE: ArtifactRef = {
  artifactId: "g",
  name: "g.csv",
  mediaType: "text/plain",
  bytes: 4,
};
const OTHER: Row = {
  spanId: "b",
  parentSpanId: null,
  depth: 2,
  name: "answer",
  kind: "tool",
  nodeId: null,
  start: START + 1n,
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
  marks: ["cut", "lost"],
};

it("takes rows with equal values for the same row", () => {
  expect(isSameRow(ROW, structuredClone(ROW))).toBe(true);
});

/** Each change of one field that there is. */
function changesOf<T extends object>(other: T): readonly (readonly [string, Partial<T>])[] {
  return (Object.entries(other) as [string, unknown][]).map(([field, value]) => [
    field,
    { [field]: value } as Partial<T>,
  ]);
}

const CHANGES: readonly (readonly [string, Partial<Row>])[] = [
  ...changesOf(OTHER),
  ...changesOf(OTHER_USAGE).map(
    ([field, change]) => [`usage.${field}`, { usage: { ...USAGE, ...change } }] as const,
  ),
  ...changesOf(OTHER_ERROR).map(
    ([field, change]) => [`error.${field}`, { error: { ...ERROR, ...change } }] as const,
  ),
  ...changesOf(OTHER_FILE).map(
    ([field, change]) => [`artifacts.${field}`, { artifacts: [{ ...FILE, ...change }] }] as const,
  ),
];

it.each(CHANGES)("sees that a row has another %s", (_name, change) => {
  expect(isSameRow(ROW, { ...ROW, ...change })).toBe(false);
});
