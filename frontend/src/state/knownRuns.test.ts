import { expect, it } from "vitest";
import type { CanvasSource, ExecutionPage, ExecutionQuery } from "../model/trace/source";
import { changed, fakeSource } from "../testing/fakeSource";
import { makeExecution, makeTrace, outline } from "../testing/make";
import { rememberRuns } from "./knownRuns";

const { signal } = new AbortController();
const EVERYTHING: ExecutionQuery = {
  workflowId: null,
  status: null,
  startedFrom: null,
  startedTo: null,
  cursor: null,
};

const run = (executionId: string, workflowId: string, workflowName: string) =>
  makeExecution({ executionId, workflowId, workflowName });

function sourceOf(...items: ReturnType<typeof run>[]): CanvasSource {
  const page: ExecutionPage = { items, passedOver: 0, lookedThrough: null, nextCursor: null };
  return {
    ...fakeSource(),
    listWorkflows: () => Promise.resolve([]),
    listExecutions: () => Promise.resolve(page),
    readExecution: (id) => {
      const found = items.find(({ executionId }) => executionId === id);
      return found ? Promise.resolve(found) : Promise.reject(new Error("none"));
    },
    startExecution: () => Promise.reject(new Error("not asked for")),
  };
}

it("knows of which workflow a listed run is, and its newest name", async () => {
  const { source, known } = rememberRuns(sourceOf(run("e2", "w", "New"), run("e1", "w", "Old")));
  await source.listExecutions(EVERYTHING, signal);
  expect(known.get().workflowOf).toEqual(
    new Map([
      ["e1", "w"],
      ["e2", "w"],
    ]),
  );
  expect(known.get().nameOf).toEqual(new Map([["w", "New"]]));
});

it("knows a run by the id of its sender, too", async () => {
  const { source, known } = rememberRuns(
    sourceOf(makeExecution({ executionId: "e-1", externalId: "e/1", workflowId: "w" })),
  );
  await source.listExecutions(EVERYTHING, signal);
  expect(known.get().workflowOf.get("e/1")).toBe("w");
});

it("tells nobody of what was known before", async () => {
  const { source, known } = rememberRuns(sourceOf(run("e", "w", "Import"), run("d", "w", "Load")));
  await source.listExecutions(EVERYTHING, signal);
  const before = known.get();
  await source.listExecutions(EVERYTHING, signal);
  await source.readExecution("e", signal);
  expect(known.get()).toBe(before);
});

it("knows the run of a trace, from its first page on", async () => {
  const trace = { ...makeTrace(outline("a")), execution: run("e", "w", "Import") };
  const traces = fakeSource(changed(trace));
  traces.pages.push(trace);
  const { source, known } = rememberRuns({ ...sourceOf(), readTrace: traces.readTrace });
  const workflows: string[] = [];
  await source.readTrace("e", null, signal, () =>
    workflows.push(known.get().workflowOf.get("e") ?? "not known"),
  );
  expect(workflows).toEqual(["w"]);
  expect(known.get().nameOf.get("w")).toBe("Import");
});

it("keeps a name when a later run has none, and nothing of a run without a workflow", async () => {
  const { source, known } = rememberRuns(
    sourceOf(run("e1", "w", "Import"), run("e2", "w", ""), run("e3", "", "")),
  );
  for (const id of ["e1", "e2", "e3"]) await source.readExecution(id, signal);
  expect(known.get().nameOf).toEqual(new Map([["w", "Import"]]));
  expect([...known.get().workflowOf.keys()]).toEqual(["e1", "e2"]);
});

it("passes failures on", async () => {
  const { source } = rememberRuns(sourceOf());
  await expect(source.readExecution("e", signal)).rejects.toThrow("none");
});
