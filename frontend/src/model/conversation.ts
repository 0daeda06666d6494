/** Agents send the whole conversation with every call: only its end is new. */

import type { Message } from "./span";

const LEAST_SHOWN = 2;
const MOST_SHOWN = 6;
/** Folding one message away would only cost the reader a click. */
const LEAST_HIDDEN = 2;

/**
 * Position of the first message to show: the last one of the user's, with all that follows it;
 * never fewer than two messages and never more than six.
 */
export function firstNewMessage(messages: readonly Message[]): number {
  const lastOfUser = messages.findLastIndex((message) => message.role === "user");
  const earliest = Math.max(0, messages.length - MOST_SHOWN);
  const latest = Math.max(0, messages.length - LEAST_SHOWN);
  const first = Math.min(Math.max(lastOfUser, earliest), latest);
  return first < LEAST_HIDDEN ? 0 : first;
}
