/** Makes links and shell commands from a span. Everything that comes from a trace is checked or quoted. */

import type { Attributes } from "../trace/span";

/**
 * The AWS console's hosts after the region, by partition. A link leads to no other host: a sender of spans must not
 * choose where an operator goes.
 */
const CONSOLES: ReadonlyMap<string, string> = new Map([
  ["aws", "console.aws.amazon.com"],
  ["aws-cn", "console.amazonaws.cn"],
  ["aws-us-gov", "console.amazonaws-us-gov.com"],
]);

/** Returns the address of the invocation's log lines, which the layer writes on its span; null if there is none. */
export function logsUrl(attributes: Attributes): string | null {
  const value = attributes["spanvas.log.url"];
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, hostname, href } = new URL(value);
  const isConsole = [...CONSOLES.values()].some((host) => `.${hostname}`.endsWith(`.${host}`));
  return protocol === "https:" && isConsole ? href : null;
}

const REGION = "([a-z]{2}(?:-[a-z]+)+-\\d+)";
const DURABLE_EXECUTION = new RegExp(
  `^arn:([a-z-]+):lambda:${REGION}:\\d{12}:function:([\\w-]+):(\\$LATEST(?:\\.PUBLISHED)?|\\d+)` +
    "/durable-execution/([\\w-]+)/([\\w-]+)$",
);
const STATE_MACHINE_EXECUTION = new RegExp(
  `^arn:([a-z-]+):states:${REGION}:\\d{12}:execution:[^\\s:/]+:[^\\s:/]+$`,
);

/**
 * Returns the console's page of an execution whose id is the ARN of a durable execution or of a state machine's
 * execution; null for any other id. Source: "Troubleshooting durable executions" of aws-durable-execution-docs; the
 * Step Functions console.
 */
export function executionConsoleUrl(id: string): string | null {
  const durable = DURABLE_EXECUTION.exec(id);
  if (durable !== null) {
    const [, partition = "", region = "", name = "", version = "", run = "", invocation = ""] =
      durable;
    const page = `functions/${name}/versions/${version}/executions/${run}/${invocation}`;
    return consolePage(partition, region, "lambda", page);
  }
  const states = STATE_MACHINE_EXECUTION.exec(id);
  if (states === null) return null;
  const [, partition = "", region = ""] = states;
  return consolePage(partition, region, "states", `v2/executions/details/${id}`);
}

/** Returns the address of a page of one service's console; null in partitions whose console is not known here. */
function consolePage(
  partition: string,
  region: string,
  service: string,
  page: string,
): string | null {
  const host = CONSOLES.get(partition);
  if (host === undefined) return null;
  return `https://${region}.${host}/${service}/home?region=${region}#/${page}`;
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
