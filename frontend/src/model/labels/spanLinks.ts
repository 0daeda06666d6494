/** Makes links and shell commands from a span. Everything that comes from a trace is checked or quoted. */

import type { Attributes } from "../trace/span";

/**
 * The AWS console's hosts, by partition. Other hosts are refused: a sender of spans must not choose where an operator
 * goes.
 */
const CONSOLES = [
  ".console.aws.amazon.com",
  ".console.amazonaws.cn",
  ".console.amazonaws-us-gov.com",
];

/** Returns the address of the invocation's log lines, which the layer writes on its span; null if there is none. */
export function logsUrl(attributes: Attributes): string | null {
  const value = attributes["spanvas.log.url"];
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, hostname, href } = new URL(value);
  const isConsole = CONSOLES.some((end) => `.${hostname}`.endsWith(end));
  return protocol === "https:" && isConsole ? href : null;
}

/** Quotes a text for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("\0", "").replaceAll("'", `'\\''`)}'`;
}

/** Returns a command that reads the span from the API; the token is a variable of the reader's shell. */
export function spanCurl(address: string): string {
  return `curl --fail-with-body -H "Authorization: Bearer $SPANVAS_TOKEN" ${shellQuoted(address)}`;
}

/**
 * Returns a command that repeats the HTTP request of a span, from the current or the old attribute names; null if it
 * is none.
 */
export function requestCurl(attributes: Attributes): string | null {
  const url = attributes["url.full"] ?? attributes["http.url"];
  const method = attributes["http.request.method"] ?? attributes["http.method"] ?? "GET";
  if (typeof url !== "string" || typeof method !== "string") return null;
  if (!/^https?:\/\//i.test(url)) return null;
  const verb = /^[A-Z]{1,20}$/.test(method) ? method : "GET";
  return `curl -X ${verb} ${shellQuoted(url)}`;
}
