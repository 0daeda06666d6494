/** Describes how the exporters of a function have delivered a run's spans. */

import type { Execution } from "../trace/execution";
import { formatMoment, plural } from "./format";
import type { Nanos } from "../time/time";

const DROPPED_BY: ReadonlyMap<string, string> = new Map([
  ["memory", "more waited than the function keeps in memory"],
  ["trace_bytes", "the bytes for one trace were spent (SPANVAS_OTLP_TRACE_BYTES)"],
  ["refused", "it refused requests, or they failed for good"],
  ["rejected", "it took requests and rejected spans in them"],
]);

export interface ExporterState {
  readonly name: string;
  /** `ok`, `not used`, `failing since 14:02:11`. */
  readonly state: string;
  /** The consequence or the reason, as sentences; may be empty. */
  readonly detail: string;
  readonly isFailing: boolean;
}

/**
 * Returns the state of each exporter. Empty until the function has reported, which it does at its end; other senders
 * never do.
 */
export function exporterStates(execution: Execution, now: Nanos): readonly ExporterState[] {
  const { store, otlp } = execution.exporters;
  if (store === null && otlp === null) return [];
  return [storeState(execution), otlpState(execution, now)];
}

function storeState({ exporters, counters }: Execution): ExporterState {
  const isFailing = exporters.store !== "ok" && exporters.store !== null;
  const dropped = counters.dropped;
  const lost = dropped > 0 ? `${plural(dropped, "span")} could not be stored.` : "";
  return {
    name: "Trace store",
    state: exporters.store ?? "not reported",
    detail: isFailing ? lost || "Spans were still waiting to be stored when it reported." : lost,
    isFailing,
  };
}

function otlpState({ exporters }: Execution, now: Nanos): ExporterState {
  const { otlp, otlpFailingSince, otlpReason, otlpDropped, otlpDroppedBy } = exporters;
  const since = otlpFailingSince === null ? "" : ` since ${formatMoment(otlpFailingSince, now)}`;
  const because = otlpDroppedBy.map((word) => DROPPED_BY.get(word) ?? word).join("; ");
  const dropped =
    otlpDropped > 0
      ? `It will not get ${plural(otlpDropped, "span")} of this execution${because && `: ${because}`}.`
      : "";
  const why = otlpReason === null ? "" : `The last request failed: ${otlpReason}.`;
  const pause = "After failures in a row, nothing is sent to it for a while.";
  const sentences = [why, otlp === "open" ? pause : "", dropped];
  const isFailing = (otlp !== "ok" && otlp !== null) || otlpDropped > 0;
  return {
    name: "OTLP endpoint",
    state: otlp === null ? "not used" : `${otlp === "open" ? "failing" : otlp}${since}`,
    detail: sentences.filter(Boolean).join(" "),
    isFailing,
  };
}

/** Names the failing exporters for the header; empty when none fails. */
export function exporterNote(states: readonly ExporterState[]): string {
  return states
    .filter(({ isFailing }) => isFailing)
    .map(({ name, state }) => `${name}: ${state === "ok" ? "spans dropped" : state}`)
    .join(" · ");
}
