import { expect, it } from "vitest";
import type { Row } from "../model/trace";
import { makeRow, START } from "../testing/make";
import { isSameRow } from "./loading";

const ROW = makeRow({ spanId: "a" });
const USAGE = {
  inputTokens: 1,
  outputTokens: 2,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};
const FILE = { artifactId: "f", name: "f.csv", mediaType: "text/csv", bytes: 3 };
const FULL = {
  ...ROW,
  usage: USAGE,
  error: { type: "E", message: "m" },
  artifacts: [FILE],
  marks: ["cut"],
};

it("takes rows that say the same for the same row", () => {
  const again = {
    ...FULL,
    usage: { ...USAGE },
    error: { ...FULL.error },
    artifacts: [{ ...FILE }],
    marks: ["cut"],
  };
  expect(isSameRow(FULL, again)).toBe(true);
});

/** Of every field of a row another value: a field that is added to rows does not compile without one here. */
const CHANGES: { readonly [Field in keyof Row]-?: Row[Field] } = {
  spanId: "b",
  parentSpanId: "p",
  depth: 1,
  name: "b",
  kind: "tool",
  nodeId: "n",
  start: START - 1n,
  end: null,
  status: "running",
  error: { type: "E", message: "other" },
  model: "m",
  provider: "p",
  usage: { ...USAGE, reasoningTokens: 1 },
  costNanoUsd: 1,
  inputPreview: "in",
  outputPreview: "out",
  attempt: 2,
  artifacts: [{ ...FILE, artifactId: "g" }],
  marks: ["cut", "lost"],
};

it.each(Object.entries(CHANGES))("sees that a row has another %s", (field, value) => {
  expect(isSameRow(FULL, { ...FULL, [field]: value })).toBe(false);
});

it("sees what is gone from a row", () => {
  const gone = { error: null, usage: null, artifacts: [], marks: [] };
  for (const [field, value] of Object.entries(gone)) {
    expect(isSameRow(FULL, { ...FULL, [field]: value })).toBe(false);
  }
});
