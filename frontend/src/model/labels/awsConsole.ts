/** Makes links to pages of the AWS console. Everything that comes from a trace is checked first. */

import { NANOS_PER_SECOND, type Nanos } from "../time/time";
import type { Attributes, SpanDetail } from "../trace/span";

/**
 * The AWS console's hosts after the region, by partition. A link leads to no other host: a sender of spans must not
 * choose where an operator goes.
 */
const CONSOLES: ReadonlyMap<string, string> = new Map([
  ["aws", "console.aws.amazon.com"],
  ["aws-cn", "console.amazonaws.cn"],
  ["aws-us-gov", "console.amazonaws-us-gov.com"],
]);

/** Partitions by the beginning of their regions' names; other regions are those of `aws`. */
const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, "aws-cn"],
  [/^us-gov-/, "aws-us-gov"],
  [/^[a-z]{2}-iso/, "isolated, without a console that a browser here reaches"],
];

const REGION = "([a-z]{2}(?:-[a-z]+)+-\\d+)";
const WHOLE_REGION = new RegExp(`^${REGION}$`);
const FUNCTION_NAME = /^[\w-]{1,64}$/;
/** Source: the pattern of a log group's name in the reference of CloudWatch Logs. */
const LOG_GROUP = /^[\w./#-]{1,512}$/;
const TRACE_ID = /^[0-9a-f]{32}$/;
const DURABLE_EXECUTION = new RegExp(
  `^arn:([a-z-]+):lambda:${REGION}:\\d{12}:function:([\\w-]+):(\\$LATEST(?:\\.PUBLISHED)?|\\d+)` +
    "/durable-execution/([\\w-]+)/([\\w-]+)$",
);
const STATE_MACHINE_EXECUTION = new RegExp(
  `^arn:([a-z-]+):states:${REGION}:\\d{12}:execution:[^\\s:/]+:[^\\s:/]+$`,
);

/** Added to a span's time at both ends: clocks of a function and its log differ by less. */
const AROUND: Nanos = 10n * NANOS_PER_SECOND;

export interface ConsoleLink {
  readonly label: string;
  readonly url: string;
}

/**
 * Returns the pages of the console about a span: its log lines, its invocation's log stream, its function, the
 * execution of its state machine. `now` is the end of the log lines of a span that has not ended.
 */
export function consoleLinks(span: SpanDetail, now: Nanos): readonly ConsoleLink[] {
  const states = span.attributes["spanvas.state_machine.execution.arn"];
  const found: readonly (readonly [string, string | null])[] = [
    ["Log lines", logLinesUrl(span, now)],
    ["Log of this invocation", logsUrl(span.attributes)],
    ["Function", functionUrl(span)],
    ["State machine", typeof states === "string" ? executionConsoleUrl(states) : null],
  ];
  return found.flatMap(([label, url]) => (url === null ? [] : [{ label, url }]));
}

/** Returns the address of the invocation's log lines, which the layer writes on its span; null if there is none. */
export function logsUrl(attributes: Attributes): string | null {
  const value = attributes["spanvas.log.url"];
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, hostname, href } = new URL(value);
  const isConsole = [...CONSOLES.values()].some((host) => `.${hostname}`.endsWith(`.${host}`));
  return protocol === "https:" && isConsole ? href : null;
}

/**
 * Returns the address of a query in Logs Insights: the lines that were logged in this trace while the span was open, in
 * the log groups that its resource names; null where it names none.
 */
export function logLinesUrl(span: SpanDetail, now: Nanos): string | null {
  const named = textsOf(said(span, "aws.log.group.names"));
  const groups = named.filter((group) => LOG_GROUP.test(group));
  if (groups.length === 0 || !TRACE_ID.test(span.traceId)) return null;
  const query = jsUrl({
    start: isoOf(span.start - AROUND),
    end: isoOf((span.end ?? now) + AROUND),
    timeType: "ABSOLUTE",
    tz: "UTC",
    editorString:
      "fields @timestamp, level, message, span_id, @log\n" +
      `| filter trace_id = "${span.traceId}"\n| sort @timestamp asc\n| limit 10000`,
    source: groups,
  });
  const page = `?queryDetail=${query.replace(/[~()']/g, percentEncoded)}`;
  const place = encodeURIComponent(page).replaceAll("%", "$");
  return pageOfRegion(said(span, "cloud.region"), "cloudwatch", `logsV2:logs-insights${place}`);
}

/** Returns the address of the page of the function that made a span; null where its resource names none. */
export function functionUrl(span: SpanDetail): string | null {
  const name = said(span, "faas.name");
  if (typeof name !== "string" || !FUNCTION_NAME.test(name)) return null;
  return pageOfRegion(said(span, "cloud.region"), "lambda", `/functions/${name}`);
}

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
    const page = `/functions/${name}/versions/${version}/executions/${run}/${invocation}`;
    return consolePage(partition, region, "lambda", page);
  }
  const states = STATE_MACHINE_EXECUTION.exec(id);
  if (states === null) return null;
  const [, partition = "", region = ""] = states;
  return consolePage(partition, region, "states", `/v2/executions/details/${id}`);
}

/** Returns what a span says of its function: its resource, or itself. */
function said(span: SpanDetail, name: string): unknown {
  return span.resource[name] ?? span.attributes[name];
}

function textsOf(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === "string");
}

function pageOfRegion(region: unknown, service: string, page: string): string | null {
  if (typeof region !== "string" || !WHOLE_REGION.test(region)) return null;
  const [, partition] = PARTITIONS.find(([start]) => start.test(region)) ?? ["", "aws"];
  return consolePage(partition, region, service, page);
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
  return `https://${region}.${host}/${service}/home?region=${region}#${page}`;
}

function isoOf(time: Nanos): string {
  return new Date(Number(time / 1_000_000n)).toISOString();
}

/** Writes texts and lists of texts as JSURL, the notation of the console's fragments. */
function jsUrl(values: Readonly<Record<string, string | readonly string[]>>): string {
  const text = (value: string): string =>
    `'${value.replace(/[^\w.-]/g, (letter) => `*${hex(letter)}`)}`;
  const written = Object.entries(values).map(([name, value]) =>
    typeof value === "string"
      ? `${name}~${text(value)}`
      : `${name}~(${value.map((item) => `~${text(item)}`).join("")})`,
  );
  return `~(${written.join("~")})`;
}

function percentEncoded(letter: string): string {
  return `%${hex(letter).toUpperCase()}`;
}

/** Two digits: every letter that is written like this is ASCII. */
function hex(letter: string): string {
  return letter.charCodeAt(0).toString(16).padStart(2, "0");
}
