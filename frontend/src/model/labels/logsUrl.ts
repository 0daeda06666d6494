/** The page of an invocation's log lines, which the layer writes on the invocation's span. */

import type { Json } from "../trace/span";

const ATTRIBUTE = "spanvas.log.url";
/** The AWS console's hosts, by partition; whoever may send spans may not send operators elsewhere. */
const CONSOLES = [
  ".console.aws.amazon.com",
  ".console.amazonaws.cn",
  ".console.amazonaws-us-gov.com",
];

export function logsUrl(attributes: Readonly<Record<string, Json>>): string | null {
  const value = attributes[ATTRIBUTE];
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, hostname, href } = new URL(value);
  const isConsole = CONSOLES.some((end) => `.${hostname}`.endsWith(end));
  return protocol === "https:" && isConsole ? href : null;
}
