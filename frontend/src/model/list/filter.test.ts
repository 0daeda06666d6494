import { expect, it } from "vitest";
import { makeRow } from "../../testing/make";
import { asShown, findHits, passes, searchableSteps } from "./filter";

const ROWS = [
  makeRow({ spanId: "a", name: "Draft the brief", nodeId: "draft" }),
  makeRow({ spanId: "b", name: "chat", kind: "model", model: "anthropic.claude-3-5-haiku" }),
  makeRow({
    spanId: "c",
    name: "GET orders",
    kind: "http",
    status: "error",
    error: { type: "TimeoutError", message: "no answer" },
  }),
];

it("finds rows by name, node, kind, model, error and id, whatever their case", () => {
  expect(findHits(ROWS, "DRAFT")).toEqual([0]);
  expect(findHits(ROWS, "haiku")).toEqual([1]);
  expect(findHits(ROWS, "timeout")).toEqual([2]);
  expect(findHits(ROWS, "http")).toEqual([2]);
});

it("wants every word of the query", () => {
  expect(findHits(ROWS, "get no")).toEqual([2]);
  expect(findHits(ROWS, "get haiku")).toEqual([]);
});

it("finds nothing without a query", () => {
  expect(findHits(ROWS, "  ")).toEqual([]);
});

it("filters by what a span did", () => {
  expect(ROWS.map((row) => passes(row, "errors"))).toEqual([false, false, true]);
  expect(ROWS.map((row) => passes(row, "model"))).toEqual([false, true, false]);
  expect(ROWS.map((row) => passes(row, "tools"))).toEqual([false, false, true]);
});

it("reads an unknown filter of a link as all", () => {
  expect(asShown("errors")).toBe("errors");
  expect(asShown("nonsense")).toBe("all");
  expect(asShown(null)).toBe("all");
});

it("puts the texts of rows together in steps, and finds the same in them", () => {
  const rows = Array.from({ length: 4_097 }, (_, number) =>
    makeRow({ spanId: String(number), name: `Step ${number}` }),
  );
  expect([...searchableSteps(rows)]).toHaveLength(2);
  expect(findHits(rows, "step 4096")).toEqual([4_096]);
});
