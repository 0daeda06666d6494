/** Sends a request to the API, with the token; every failure is raised as a ProblemError. */

import { isAbort, ProblemError } from "../model/problem";
import { parseJson, writeJson } from "../model/text/exactJson";
import { nanosFromMilliseconds, type Nanos } from "../model/time/time";
import { problemOf } from "./httpProblem";

/** Resolves to a valid token, or to null when nobody is signed in. */
export type TokenProvider = () => Promise<string | null>;

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly etag: string | null;
  readonly servedAt: Nanos;
}

interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly etag?: string | null;
  readonly signal?: AbortSignal;
  /** Whether captured values are in the answer: integers beyond 2^53 are then read as bigint. */
  readonly isExact?: boolean;
}

export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Creates the function that sends requests. `baseUrl` is "" for the page's own origin; `now` replaces a missing Date
 * header.
 */
export function createHttp(
  baseUrl: string,
  token: TokenProvider,
  fetcher: typeof fetch = (input, init) => fetch(input, init),
  now: () => number = Date.now,
): Http {
  return async (request) => {
    const bearer = await token();
    if (bearer === null) throw new ProblemError("unauthorised", "Nobody is signed in.");
    const response = await send(fetcher, baseUrl, request, bearer);
    if (response.status >= 400) throw await problemOf(response);
    return {
      status: response.status,
      body: response.status === 304 ? null : await readJson(response, request.isExact ?? false),
      etag: response.headers.get("ETag"),
      servedAt: servedAt(response, now),
    };
  };
}

async function send(
  fetcher: typeof fetch,
  baseUrl: string,
  request: HttpRequest,
  bearer: string,
): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: "application/json",
    Authorization: `Bearer ${bearer}`,
  };
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  if (request.etag) headers["If-None-Match"] = request.etag;
  try {
    return await fetcher(`${baseUrl}${request.path}`, {
      method: request.method,
      headers,
      // The page keeps its own ETag: the browser's cache would turn a 304 into a whole answer.
      cache: "no-store",
      credentials: "omit",
      body: request.body === undefined ? null : writeJson(request.body),
      signal: request.signal ?? null,
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ProblemError("offline", "The server cannot be reached.");
  }
}

async function readJson(response: Response, isExact: boolean): Promise<unknown> {
  try {
    return isExact ? parseJson(await response.text()) : await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ProblemError("contract", "The answer is not JSON.");
  }
}

function servedAt(response: Response, now: () => number): Nanos {
  const date = Date.parse(response.headers.get("Date") ?? "");
  return nanosFromMilliseconds(Number.isNaN(date) ? now() : date);
}
