/** How a run's spans got out of the function that made them, in words. */

import type { Execution } from "../trace/execution";
import { formatMoment, plural } from "./format";
import type { Nanos } from "../time/time";

export interface ExporterState {
  readonly name: string;
  /** `ok`, `not configured`, `failing since 14:02:11`. */
  readonly state: string;
  /** What it means, or why; empty where there is nothing to add. */
  readonly detail: string;
  readonly isTrouble: boolean;
}

/** Empty while nothing is known: the function reports at the end, and other senders not at all. */
export function exporterStates(execution: Execution, now: Nanos): readonly ExporterState[] {
  const { store, otlp } = execution.exporters;
  if (store === null && otlp === null) return [];
  return [storeState(execution), otlpState(execution, now)];
}

function storeState({ exporters, counters }: Execution): ExporterState {
  const isTrouble = exporters.store !== "ok" && exporters.store !== null;
  const dropped = counters.dropped;
  const lost = dropped > 0 ? `${plural(dropped, "span")} could not be stored.` : "";
  return {
    name: "Trace store",
    state: exporters.store ?? "not reported",
    detail: isTrouble ? lost || "Spans were still waiting to be stored when it reported." : lost,
    isTrouble,
  };
}

function otlpState({ exporters }: Execution, now: Nanos): ExporterState {
  const { otlp, otlpFailingSince, otlpReason, otlpDropped } = exporters;
  const since = otlpFailingSince === null ? "" : ` since ${formatMoment(otlpFailingSince, now)}`;
  const dropped =
    otlpDropped > 0 ? `It will not get ${plural(otlpDropped, "span")} of this execution.` : "";
  const why = otlpReason === null ? "" : `The last request failed: ${otlpReason}.`;
  const pause = "After failures in a row, nothing is sent to it for a while.";
  const sentences = [why, otlp === "open" ? pause : "", dropped];
  const isTrouble = (otlp !== "ok" && otlp !== null) || otlpDropped > 0;
  return {
    name: "OTLP endpoint",
    state: otlp === null ? "not configured" : `${otlp === "open" ? "failing" : otlp}${since}`,
    detail: sentences.filter(Boolean).join(" "),
    isTrouble,
  };
}

/** The note in the header: the first trouble in a few words; empty where all is well. */
export function exporterNote(states: readonly ExporterState[]): string {
  return states
    .filter(({ isTrouble }) => isTrouble)
    .map(({ name, state }) => `${name}: ${state === "ok" ? "spans dropped" : state}`)
    .join(" · ");
}
