/**
 * Checks the claims of an id token before the tokens are used (OpenID Connect Core 1.0, 3.1.3.7 and 12.2).
 *
 * Its signature is not checked: it comes from the token endpoint itself, over TLS (3.1.3.7, point 6).
 * Nothing in the page is allowed or refused by its claims; the API checks the access token.
 */

import { ProblemError } from "../model/problem";
import { readClaims } from "./claims";

/** How far this computer's clock and the identity provider's may be apart. */
const CLOCK_SKEW_SECONDS = 300;

export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  /** What the sign-in sent; null at a renewal, whose id token need not repeat it. */
  readonly nonce: string | null;
  /** Whom the session belongs to; null at the sign-in. */
  readonly subject: string | null;
  /** Milliseconds since 1970, by this computer's clock. */
  readonly now: number;
}

/** Raises a ProblemError of kind `sign_in` that names the first claim that does not fit. */
export function checkIdToken(idToken: string, expected: Expected): void {
  const claims = readClaims(idToken);
  const wrong =
    wrongIssuer(claims.iss, expected.issuer) ??
    wrongAudience(claims.aud, claims.azp, expected.clientId) ??
    wrongTimes(claims.iat, claims.exp, expected.now / 1_000) ??
    wrongOrigin(claims.nonce, claims.sub, expected);
  if (wrong !== null) throw new ProblemError("sign_in", wrong);
}

function wrongIssuer(iss: unknown, issuer: string): string | null {
  if (typeof iss !== "string") return "The identity provider's id token cannot be read.";
  // Some providers write their own name with a slash at its end; `config.json` is read without.
  if (iss.replace(/\/$/, "") === issuer) return null;
  return `The id token was issued by ${iss}, not by ${issuer}.`;
}

function wrongAudience(aud: unknown, azp: unknown, clientId: string): string | null {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const isForUs =
    audiences.includes(clientId) &&
    // With several audiences, the one that it was issued to must be named, and be this page.
    (azp === undefined ? audiences.length === 1 : azp === clientId);
  return isForUs ? null : "The id token was issued to another application.";
}

function wrongTimes(iat: unknown, exp: unknown, now: number): string | null {
  if (!isSeconds(iat) || !isSeconds(exp)) return "The id token does not say how long it is good.";
  const clock = "Check the clock of this computer, then sign in again.";
  if (exp <= now - CLOCK_SKEW_SECONDS) return `The id token has expired. ${clock}`;
  if (iat > now + CLOCK_SKEW_SECONDS) return `The id token was issued in the future. ${clock}`;
  return null;
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function wrongOrigin(nonce: unknown, sub: unknown, expected: Expected): string | null {
  if (expected.nonce !== null && nonce !== expected.nonce) {
    return "The sign-in's answer belongs to another request.";
  }
  if (expected.subject !== null && sub !== expected.subject) {
    return "The identity provider answered for another person.";
  }
  return null;
}
