/** Asks the identity provider's token endpoint (RFC 6749, 5), for the sign-in and for each renewal. */

import { ProblemError } from "../model/problem";

export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string | null;
  readonly refreshToken: string | null;
  /** Milliseconds on the page's own clock. */
  readonly expiresAt: number;
}

/** The longest that the page waits for an answer of the identity provider. */
const ANSWER_MILLISECONDS = 10_000;
const USUAL_SECONDS = 300;

/** Error codes of RFC 6749, 4.1.2.1, and of the device flow that say "not now". */
const PASSING_CODES: ReadonlySet<string> = new Set([
  "server_error",
  "slow_down",
  "temporarily_unavailable",
]);

/**
 * Raises a ProblemError: `sign_in` when the provider refuses the grant (RFC 6749, 5.2), `offline` when it
 * cannot be reached, `unavailable` for any other failure that may pass.
 */
export async function requestTokens(
  endpoint: string,
  fetcher: typeof fetch,
  now: () => number,
  form: Readonly<Record<string, string>>,
): Promise<Tokens> {
  const value = await askProvider(fetcher, endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  });
  const text = (key: string): string | null => (typeof value[key] === "string" ? value[key] : null);
  const accessToken = text("access_token");
  if (accessToken === null) {
    throw new ProblemError("unavailable", "The identity provider answered without a token.");
  }
  // Some providers write the number as text.
  const seconds = Number(value.expires_in ?? USUAL_SECONDS);
  return {
    accessToken,
    idToken: text("id_token"),
    refreshToken: text("refresh_token"),
    expiresAt: now() + (Number.isFinite(seconds) ? seconds : USUAL_SECONDS) * 1_000,
  };
}

/** The JSON object that the identity provider answers with. */
export async function askProvider(
  fetcher: typeof fetch,
  url: string,
  init: RequestInit = {},
): Promise<Readonly<Record<string, unknown>>> {
  const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
  let response: Response;
  try {
    response = await fetcher(url, { ...init, signal, cache: "no-store", credentials: "omit" });
  } catch {
    if (signal.aborted) throw unavailable("did not answer in time");
    throw new ProblemError("offline", "The identity provider cannot be reached.");
  }
  const value = await jsonObject(response);
  if (!response.ok) throw refusalOf(response, value);
  if (value === null) throw unavailable("answered with something else than JSON");
  return value;
}

async function jsonObject(response: Response): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A status alone refuses nothing: a proxy or a firewall may have answered. The protocol's error does. */
function refusalOf(response: Response, value: Record<string, unknown> | null): ProblemError {
  const { status } = response;
  const code = value?.error;
  const isRefusal = (status === 400 || status === 401) && typeof code === "string";
  if (!isRefusal || PASSING_CODES.has(code)) {
    const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    return unavailable(`answered ${status}`, Number.isFinite(seconds) ? seconds : undefined);
  }
  const said = value?.error_description;
  const reason = typeof said === "string" && said !== "" ? said : code;
  return new ProblemError("sign_in", `The identity provider refused the sign-in: ${reason}`);
}

function unavailable(what: string, retryAfterSeconds?: number): ProblemError {
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new ProblemError("unavailable", `The identity provider ${what}.`, details);
}
