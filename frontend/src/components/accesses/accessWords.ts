/** What a record of an access says, in words. */

import type { Access } from "../../model/trace/source";
import { shortId } from "../../model/labels/format";

const CALLS: Readonly<Record<string, string>> = {
  trace: "the trace",
  search: "a search",
  export: "an export",
  execution: "the execution",
  artifacts: "the list of files",
  accesses: "who has seen it",
  delete: "its deletion",
  hold: "a hold",
  release: "the release of a hold",
};

/** Returns what was asked for. A span is called by its name where it is known. */
export function whatSeen(access: Access, nameOf: (spanId: string) => string | null): string {
  const { action, target, spanId } = access;
  if (action === "span") {
    const id = spanId ?? target;
    return id === null ? "several spans" : `span ${nameOf(id) ?? shortId(id)}`;
  }
  if (action === "artifact") {
    if (target === null) return "several files";
    const name = spanId === null ? null : nameOf(spanId);
    return name === null ? `file ${target}` : `file ${target} of ${name}`;
  }
  return CALLS[action] ?? action;
}

/** Returns what was given. */
export function howSeen({ action, outcome }: Access): string {
  if (outcome === "refused") return "refused";
  if (outcome === "structure") return "without content";
  if (action === "artifact") return "with a link";
  return ["delete", "hold", "release"].includes(action) ? "done" : "with content";
}
