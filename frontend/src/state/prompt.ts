/** Reads the whole prompt of the selected span from its detail. */

import { promptText } from "../model/text/conversation";
import { rowVersion } from "../model/labels/describe";
import type { SpanDetails } from "./spanDetails";
import { selectedRow, type TraceView } from "./traceView";

/** The text, or why there is none, for the reader. */
export type PromptFinding = { readonly text: string } | { readonly none: string };

/** Reads the prompt of the selected span. */
export async function promptOfSelection(
  view: TraceView,
  details: SpanDetails,
): Promise<PromptFinding> {
  const row = selectedRow(view);
  if (row === null) return { none: "Select a model call to copy its prompt" };
  const { content, contentAccess } = await details.read(row.spanId, rowVersion(row));
  if (contentAccess === "denied") return { none: "The prompt is hidden from your role" };
  if (contentAccess === "expired") return { none: "The prompt has expired" };
  const text = content === null ? "" : promptText(content);
  return text === "" ? { none: "This span has no prompt" } : { text };
}
