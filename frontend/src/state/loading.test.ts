import { expect, it } from "vitest";
import type { Row } from "../model/trace/trace";
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

const CHANGES: Partial<Row>[] = [
  { end: null },
  { end: START + 1n },
  { status: "running" },
  { depth: 1 },
  { name: "b" },
  { usage: null },
  { usage: { ...USAGE, reasoningTokens: 1 } },
  { error: null },
  { error: { type: "E", message: "other" } },
  { outputPreview: "done" },
  { artifacts: [] },
  { artifacts: [{ ...FILE, artifactId: "g" }] },
  { marks: ["cut", "lost"] },
];

it.each(CHANGES.map((change) => [Object.keys(change)[0], change] as const))(
  "sees that a row has another %s",
  (_name, change) => {
    expect(isSameRow(FULL, { ...FULL, ...change })).toBe(false);
  },
);
