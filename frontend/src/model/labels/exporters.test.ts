import { expect, it } from "vitest";
import { makeExecution, START } from "../../testing/make";
import type { Exporters } from "../trace/execution";
import { exporterNote, exporterStates } from "./exporters";

const SILENT: Exporters = {
  store: null,
  otlp: null,
  otlpFailingSince: null,
  otlpReason: null,
  otlpDropped: 0,
  otlpDroppedBy: [],
};

function told(overrides: Partial<Exporters>, dropped = 0) {
  const execution = makeExecution({ exporters: { ...SILENT, ...overrides } });
  const states = exporterStates(
    { ...execution, counters: { ...execution.counters, dropped } },
    START,
  );
  return { states: states.map(({ state, detail }) => [state, detail]), note: exporterNote(states) };
}

it("is quiet where nothing is known, and where all is well", () => {
  expect(told({})).toEqual({ states: [], note: "" });
  expect(told({ store: "ok", otlp: "ok" })).toEqual({
    states: [
      ["ok", ""],
      ["ok", ""],
    ],
    note: "",
  });
  expect(told({ store: "ok" }).states[1]).toEqual(["not used", ""]);
  expect(told({ store: "ok" }).note).toBe("");
});

it("says of an endpoint that fails since when, why, and what it will not get", () => {
  const failing = told({
    store: "ok",
    otlp: "failing",
    otlpFailingSince: START,
    otlpReason: "status 503",
  });
  expect(failing.note).toMatch(/^OTLP endpoint: failing since \d\d:00:00$/);
  expect(failing.states[1]?.[1]).toBe("The last request failed: status 503.");
  const open = told({ store: "ok", otlp: "open", otlpReason: "status 401", otlpDropped: 12 });
  expect(open.note).toBe("OTLP endpoint: failing");
  expect(open.states[1]?.[1]).toBe(
    "The last request failed: status 401. After failures in a row, nothing is sent to it for a while." +
      " It will not get 12 spans of this execution.",
  );
});

it("tells of spans that were dropped although all is well again", () => {
  const { states, note } = told({ store: "ok", otlp: "ok", otlpDropped: 1 });
  expect(note).toBe("OTLP endpoint: spans dropped");
  expect(states[1]).toEqual(["ok", "It will not get 1 span of this execution."]);
});

it("tells why an endpoint has not got spans, also in a word that is newer than the page", () => {
  const { states } = told({
    store: "ok",
    otlp: "ok",
    otlpDropped: 5,
    otlpDroppedBy: ["trace_bytes", "weather"],
  });
  expect(states[1]?.[1]).toBe(
    "It will not get 5 spans of this execution: the bytes for one trace were spent" +
      " (SPANVAS_OTLP_TRACE_BYTES); weather.",
  );
});

it("tells what the store has not got, and shows a word that it does not know as it is", () => {
  expect(told({ store: "incomplete" }, 3)).toEqual({
    states: [
      ["incomplete", "3 spans could not be stored."],
      ["not used", ""],
    ],
    note: "Trace store: incomplete",
  });
  expect(told({ store: "incomplete" }).states[0]?.[1]).toBe(
    "Spans were still waiting to be stored when it reported.",
  );
  expect(told({ store: "ok", otlp: "paused" }).note).toBe("OTLP endpoint: paused");
});
