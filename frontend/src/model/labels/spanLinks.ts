/** Makes links and shell commands from a span. Everything that comes from a trace is checked or quoted. */

import type { Attributes } from "../trace/span";

/** Returns an address if it is one of a web page, and no script; null otherwise. */
export function webAddress(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  return /^https?:$/.test(new URL(text).protocol) ? text : null;
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
