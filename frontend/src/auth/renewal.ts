/** Keeps the access token of a session, and renews it before it expires. */

import { asProblem, waitAfter, type ProblemError } from "../model/problem";
import type { Tokens } from "./tokens";

/** A token that expires within this time is renewed; it is still valid when the renewal has to be repeated. */
const RENEWED_BEFORE_MILLISECONDS = 60_000;
/** A token that expires within this time may be expired when it arrives, so requests wait for the new one. */
const MARGIN_MILLISECONDS = 20_000;
/** The two times above are at most this part of a token's lifetime. */
const MOST_GIVEN_UP = 1 / 3;

/**
 * Gives a token that is good now, or null when the session has ended: the provider refused to renew it, or
 * nothing can renew it. Raises the renewal's problem when the token is over and the provider is down.
 */
export function createTokenProvider(
  first: Tokens,
  renew: (refreshToken: string) => Promise<Tokens>,
  now: () => number,
): () => Promise<string | null> {
  let tokens: Tokens | null = first;
  let lifetime = first.expiresAt - now();
  let renewal: Promise<void> | null = null;
  let failure: ProblemError | null = null;
  let failures = 0;
  let nextTry = 0;

  const tryToRenew = async (refreshToken: string): Promise<void> => {
    try {
      const renewed = await renew(refreshToken);
      tokens = { ...renewed, refreshToken: renewed.refreshToken ?? refreshToken };
      lifetime = renewed.expiresAt - now();
      failure = null;
      failures = 0;
    } catch (error) {
      failure = asProblem(error);
      failures += 1;
      if (failure.kind === "sign_in") tokens = null;
      nextTry = now() + waitBeforeRenewal(failure, failures);
    } finally {
      renewal = null;
    }
  };

  /** Whether the present token is good for longer than this. */
  const isGoodFor = (expiresAt: number, milliseconds: number): boolean =>
    now() < expiresAt - Math.min(milliseconds, lifetime * MOST_GIVEN_UP);

  return async () => {
    if (tokens === null) return null;
    const { refreshToken, expiresAt, accessToken } = tokens;
    if (refreshToken === null) {
      return isGoodFor(expiresAt, MARGIN_MILLISECONDS) ? accessToken : null;
    }
    if (isGoodFor(expiresAt, RENEWED_BEFORE_MILLISECONDS)) return accessToken;
    // Requests that find the token old at the same time share one renewal.
    if (now() >= nextTry) renewal ??= tryToRenew(refreshToken);
    if (isGoodFor(expiresAt, MARGIN_MILLISECONDS)) return accessToken;
    await renewal;
    return tokenNow();
  };

  function tokenNow(): string | null {
    if (tokens === null) return null;
    if (now() < tokens.expiresAt) return tokens.accessToken;
    if (failure !== null) throw failure;
    return null;
  }
}

/**
 * Returns how long to wait before the next renewal. A provider that is down is asked less and less often; a missing
 * network is not.
 */
function waitBeforeRenewal(failure: ProblemError, failures: number): number {
  return failure.kind === "offline" ? 0 : waitAfter(failure, failures);
}
