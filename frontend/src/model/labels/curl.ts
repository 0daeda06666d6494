/** Requests as commands for a shell: everything that came from a trace is quoted. */

import type { Attributes } from "../trace/span";

/** Single quotes take everything literally; a single quote itself has to leave them. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("\0", "").replaceAll("'", `'\\''`)}'`;
}

/** Reads the span from the API; the token stays a variable of the reader's shell. */
export function spanCurl(address: string): string {
  return `curl --fail-with-body -H "Authorization: Bearer $SPANVAS_TOKEN" ${shellQuoted(address)}`;
}

/** The HTTP request that a span recorded, by either generation of OpenTelemetry's names. */
export function requestCurl(attributes: Attributes): string | null {
  const url = attributes["url.full"] ?? attributes["http.url"];
  const method = attributes["http.request.method"] ?? attributes["http.method"] ?? "GET";
  if (typeof url !== "string" || typeof method !== "string") return null;
  if (!/^https?:\/\//i.test(url)) return null;
  const verb = /^[A-Z]{1,20}$/.test(method) ? method : "GET";
  return `curl -X ${verb} ${shellQuoted(url)}`;
}
