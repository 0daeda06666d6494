/** Implements the model's ports over the API of Spanvas. */

import type { YieldToMain } from "../model/scheduler";
import { isAbort, ProblemError } from "../model/problem";
import type { CanvasSource, ExecutionQuery } from "../model/trace/source";
import { decodeArtifacts } from "./decodeArtifacts";
import { decodeExecution, decodeExecutionPage } from "./decodeExecution";
import { decodeSearch } from "./decodeSearch";
import { decodeSpan } from "./decodeSpan";
import { decodeLink, decodeStarted, decodeWorkflows } from "./decodeWorkflow";
import type { Http } from "./http";
import { createTraceReading } from "./readTrace";

const PAGE_SIZE = 50;

/**
 * Creates the client. `fetcher` reads artifacts: a link is its own permission, so no token is sent. `baseUrl` is that
 * of `http`; it is part of the addresses that the reader copies for other programs.
 */
export function createClient(
  http: Http,
  fetcher: typeof fetch = (input, init) => fetch(input, init),
  baseUrl = "",
  pause?: YieldToMain,
  isOnline: () => boolean = () => navigator.onLine,
): CanvasSource {
  const execution = (executionId: string): string => `/v1/executions/${encodeId(executionId)}`;
  return {
    async listWorkflows(signal) {
      const answer = await http({ method: "GET", path: "/v1/workflows", signal, isExact: true });
      return decodeWorkflows(answer.body);
    },

    async listExecutions(query, signal) {
      const path = `/v1/executions?${executionsQuery(query)}`;
      const answer = await http({ method: "GET", path, signal });
      return decodeExecutionPage(answer.body);
    },

    async readExecution(executionId, signal) {
      const answer = await http({ method: "GET", path: execution(executionId), signal });
      return decodeExecution(answer.body, () => "");
    },

    async startExecution(workflowId, input) {
      const path = `/v1/workflows/${encodeURIComponent(workflowId)}/executions`;
      const answer = await http({ method: "POST", path, body: { input } });
      return decodeStarted(answer.body);
    },

    readTrace: createTraceReading(http, (id) => `${execution(id)}/trace`, pause),

    async readSpan(executionId, spanId, signal) {
      const path = `${execution(executionId)}/spans/${encodeURIComponent(spanId)}`;
      return decodeSpan((await http({ method: "GET", path, signal, isExact: true })).body);
    },

    spanAddress: (executionId, spanId) => {
      const path = `${execution(executionId)}/spans/${encodeURIComponent(spanId)}`;
      return new URL(`${baseUrl}${path}`, document.baseURI).href;
    },

    async listArtifacts(executionId, signal) {
      const path = `${execution(executionId)}/artifacts`;
      return decodeArtifacts((await http({ method: "GET", path, signal })).body);
    },

    async searchTrace(executionId, query, signal) {
      const path = `${execution(executionId)}/search?${new URLSearchParams({ q: query }).toString()}`;
      return decodeSearch((await http({ method: "GET", path, signal })).body, query);
    },

    async mintArtifactLink(executionId, artifactId, disposition) {
      const path = `${execution(executionId)}/artifacts/${encodeURIComponent(artifactId)}/link`;
      const answer = await http({ method: "POST", path, body: { disposition } });
      return decodeLink(answer.body);
    },

    async readArtifact(link, maxBytes, signal) {
      const response = await fetchArtifact(fetcher, link.url, signal, isOnline);
      const length = Number(response.headers.get("Content-Length") ?? 0);
      if (length > maxBytes) throw new ProblemError("invalid", "It is too large to preview.");
      const bytes = await response.arrayBuffer();
      return new Blob([bytes], { type: link.mediaType });
    },
  };
}

/**
 * Encodes an id for a path. A person may open a run by its sender's id: a gateway decodes a path before it looks for
 * the route, so that an id with a slash in it would be two segments; encoded twice it is one.
 */
export function encodeId(id: string): string {
  // A browser takes `..` out of an address, encoded or not.
  const encoded = encodeURIComponent(id).replace(/^\.{1,2}$/, (dots) => "%2E".repeat(dots.length));
  return /%(2E|2F|3F|25)/.test(encoded) ? encodeURIComponent(encoded) : encoded;
}

async function fetchArtifact(
  fetcher: typeof fetch,
  url: string,
  signal: AbortSignal,
  isOnline: () => boolean,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetcher(url, { credentials: "omit", signal });
  } catch (error) {
    if (isAbort(error)) throw error;
    // A browser reports a lost connection and a bucket that refuses the page in the same way; without a network it must
    // be the connection.
    const kind = isOnline() ? "unreadable" : "offline";
    throw new ProblemError(kind, "The file store cannot be reached.");
  }
  if (response.status === 403 || response.status === 404) {
    throw new ProblemError("gone", "The link has expired or the file was deleted.");
  }
  if (!response.ok) {
    throw new ProblemError("unavailable", `The file store answered ${response.status}.`);
  }
  return response;
}

function executionsQuery(query: ExecutionQuery): string {
  const parameters = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (query.workflowId !== null) parameters.set("workflow_id", query.workflowId);
  if (query.status !== null) parameters.set("status", query.status);
  if (query.startedFrom !== null) parameters.set("from", String(query.startedFrom));
  if (query.startedTo !== null) parameters.set("to", String(query.startedTo));
  if (query.isOldestFirst) parameters.set("order", "oldest_first");
  if (query.cursor !== null) parameters.set("cursor", query.cursor);
  return parameters.toString();
}
