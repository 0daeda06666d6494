/** The text of the Run form, as the JSON object that an execution starts with. */

import { parseJson } from "../text/exactJson";
import type { Json } from "./span";

export type RunInput =
  | { readonly isValid: true; readonly value: Json }
  | { readonly isValid: false; readonly reason: string };

/** Parses the input of a run; only a JSON object is valid. */
export function parseRunInput(text: string): RunInput {
  let value: Json;
  try {
    value = parseJson(text) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unreadable";
    return { isValid: false, reason: `This is not JSON: ${reason}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { isValid: false, reason: "The input must be a JSON object: { … }" };
  }
  return { isValid: true, value };
}
