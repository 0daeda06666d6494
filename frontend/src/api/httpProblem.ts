/** Makes a problem of a response with status 400 or above, from its body and headers. */

import { ProblemError, type ProblemKind } from "../model/problem";

/**
 * Reads the problem from a response. Each field may be missing: a gateway before the API answers `{"message"}`, a
 * proxy HTML.
 */
export async function problemOf(response: Response): Promise<ProblemError> {
  const { status } = response;
  const body = await objectOf(response);
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const requestId = textOf(body.request_id);
  const fields = fieldsOf(body.errors);
  return new ProblemError(kindOf(status, textOf(body.type) ?? ""), detailOf(response, body), {
    status,
    ...(requestId === null ? {} : { requestId }),
    ...(fields.length === 0 ? {} : { fields }),
    ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
  });
}

/** What the types of problems begin with that come from the backend which the API reads spans from. */
const OF_SOURCE = "urn:spanvas:problem:span-source-";

function kindOf(status: number, type: string): ProblemKind {
  if (type.startsWith(OF_SOURCE)) return status === 502 ? "source_failed" : "source_unavailable";
  if (status === 401) return "unauthorised";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 409) return "conflict";
  if (status === 429 || status >= 500) return "unavailable";
  return "invalid";
}

type Body = Readonly<Record<string, unknown>>;

async function objectOf(response: Response): Promise<Body> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? (value as Body) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function detailOf(response: Response, body: Body): string {
  const scope = missingScope(response);
  if (scope !== null) return `Your sign-in lacks the permission ${scope}.`;
  const detail = textOf(body.detail);
  if (detail !== null) return asSentence(detail);
  const message = textOf(body.message);
  return `The server answered ${response.status}${message === null ? "" : `: ${message}`}.`;
}

/** Whoever refuses a token, gateway or API, names the scope in a header (RFC 6750, section 3). */
function missingScope(response: Response): string | null {
  const challenge = response.headers.get("WWW-Authenticate") ?? "";
  if (!challenge.includes("insufficient_scope")) return null;
  return textOf(/\bscope="([^"]*)"/.exec(challenge)?.[1]);
}

function asSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function fieldsOf(value: unknown): readonly { field: string; message: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const { field, message } = (item ?? {}) as Record<string, unknown>;
    return typeof field === "string" && typeof message === "string" ? [{ field, message }] : [];
  });
}
