/**
 * OpenID Connect, authorization code with PKCE, for a page without a server of its own.
 *
 * The verifier is kept in sessionStorage between the two page loads and is removed before it is
 * used; tokens never leave memory, so a reload asks the issuer again.
 */

import { ProblemError } from "../model/problem";
import type { PageConfig } from "./config";
import { checkIdToken } from "./idToken";
import { challengeOf, randomText } from "./pkce";
import { safeReturnPath } from "./returnPath";
import { askProvider, requestTokens, type Tokens } from "./tokens";

const STORAGE_KEY = "spanvas.sign-in";

export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  /** The scopes that the issuer offers, as far as its metadata says it. */
  readonly scopes?: readonly string[];
}

/** What the page asks for beyond its settings, with the scope that it goes with, where the issuer offers it. */
const OFFERED = { scope: "trace:content:restricted", with: "trace:content" };

interface Pending {
  readonly state: string;
  /** Whether it asked for what its settings do not name. */
  readonly asksForMore: boolean;
  readonly nonce: string;
  readonly verifier: string;
  /** Path and query to return to after the sign-in. */
  readonly returnTo: string;
  /** The issuer and its endpoints, kept so that they need not be read again after the sign-in. */
  readonly issuer: string;
  readonly endpoints: Endpoints;
}

export interface Browser {
  readonly location: Pick<Location, "origin" | "pathname" | "search" | "assign">;
  readonly history: Pick<History, "replaceState">;
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** Returns the identity provider's endpoints, from its metadata (OpenID Connect Discovery 1.0). */
export async function discover(
  config: PageConfig,
  browser: Browser,
  fetcher: typeof fetch,
): Promise<Endpoints> {
  const pending = readPending(browser);
  if (pending?.issuer === config.issuer) return pending.endpoints;
  const document = await askProvider(fetcher, `${config.issuer}/.well-known/openid-configuration`);
  const authorization = document.authorization_endpoint;
  const token = document.token_endpoint;
  if (typeof authorization !== "string" || typeof token !== "string") {
    throw new ProblemError("contract", "The identity provider does not name its endpoints.");
  }
  return { authorization, token, scopes: textsIn(document.scopes_supported) };
}

/** Returns the scopes to ask for: those of the settings, and what the issuer offers besides. */
function scopesToAsk(settings: string, offered: readonly string[]): string {
  const asked = settings.split(" ");
  const isWanted = asked.includes(OFFERED.with) && !asked.includes(OFFERED.scope);
  return isWanted && offered.includes(OFFERED.scope) ? `${settings} ${OFFERED.scope}` : settings;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** Leaves the page for the issuer's. */
export async function leaveToSignIn(
  config: PageConfig,
  endpoints: Endpoints,
  browser: Browser,
): Promise<void> {
  const scopes = scopesToAsk(config.scopes, endpoints.scopes ?? []);
  const pending: Pending = {
    state: randomText(),
    asksForMore: scopes !== config.scopes,
    nonce: randomText(),
    verifier: randomText(48),
    returnTo: browser.location.pathname + withoutAnswer(browser.location.search),
    issuer: config.issuer,
    endpoints,
  };
  const url = new URL(endpoints.authorization);
  const parameters: Record<string, string> = {
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: redirectUri(browser),
    scope: scopes,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: "S256",
  };
  if (config.audience !== null) parameters.audience = config.audience;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  browser.sessionStorage.setItem(STORAGE_KEY, JSON.stringify(pending));
  browser.location.assign(url.href);
}

/**
 * The issuer's answer in the address bar, turned into tokens; null when there is no answer, "fewer_scopes" when
 * it refuses this client what the settings do not name.
 */
export async function takeAnswer(
  config: PageConfig,
  endpoints: Endpoints,
  browser: Browser,
  fetcher: typeof fetch,
  now: () => number,
): Promise<Tokens | "fewer_scopes" | null> {
  const answer = new URLSearchParams(browser.location.search);
  if (!answer.has("state") || !(answer.has("code") || answer.has("error"))) return null;
  const pending = takePending(browser);
  browser.history.replaceState(
    null,
    "",
    safeReturnPath(pending?.returnTo, browser.location.origin),
  );
  if (pending?.state !== answer.get("state")) {
    throw new ProblemError("sign_in", "The sign-in was not started from this page.");
  }
  const code = answer.get("code");
  if (code === null) {
    if (answer.get("error") === "invalid_scope" && pending.asksForMore) return "fewer_scopes";
    const reason = answer.get("error_description") ?? answer.get("error") ?? "";
    throw new ProblemError("sign_in", `The identity provider refused the sign-in: ${reason}`);
  }
  const tokens = await requestTokens(endpoints.token, fetcher, now, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri(browser),
    client_id: config.clientId,
    code_verifier: pending.verifier,
  });
  if (tokens.idToken !== null) {
    const { issuer, clientId } = config;
    const { nonce } = pending;
    checkIdToken(tokens.idToken, { issuer, clientId, nonce, subject: null, now: now() });
  }
  return tokens;
}

function takePending(browser: Browser): Pending | null {
  const pending = readPending(browser);
  browser.sessionStorage.removeItem(STORAGE_KEY);
  return pending;
}

function readPending(browser: Browser): Pending | null {
  try {
    const value: unknown = JSON.parse(browser.sessionStorage.getItem(STORAGE_KEY) ?? "null");
    return typeof value === "object" && value !== null ? (value as Pending) : null;
  } catch {
    return null;
  }
}

function redirectUri(browser: Browser): string {
  return `${browser.location.origin}/`;
}

/** Removes the issuer's answer from a query, so that it does not stay in the URL. */
function withoutAnswer(search: string): string {
  const parameters = new URLSearchParams(search);
  for (const name of ["code", "state", "error", "error_description", "iss", "session_state"]) {
    parameters.delete(name);
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}
