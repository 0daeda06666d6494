/** Who is signed in, for as long as the page lives. */

import { ProblemError } from "../model/problem";
import { displayName, readClaims } from "./claims";
import type { PageConfig } from "./config";
import {
  discover,
  leaveToSignIn,
  requestTokens,
  takeAnswer,
  type Browser,
  type Tokens,
} from "./signIn";

export interface Session {
  readonly name: string;
  /** A token that is good now; null when the session has ended. */
  readonly token: () => Promise<string | null>;
  readonly signIn: () => void;
}

/** A token this close to its end is not used any more. */
const MARGIN_MILLISECONDS = 20_000;

/** Null: nobody is signed in, and the page is about to leave for the issuer. */
export async function openSession(
  config: PageConfig,
  browser: Browser,
  fetcher: typeof fetch,
  now: () => number = Date.now,
): Promise<Session | null> {
  const endpoints = await discover(config, browser, fetcher);
  const signIn = (): Promise<void> => leaveToSignIn(config, endpoints, browser);
  const answered = await takeAnswer(config, endpoints, browser, fetcher, now);
  if (answered === null) {
    await signIn();
    return null;
  }
  const name = displayName(readClaims(answered.idToken ?? answered.accessToken));
  let tokens: Tokens | null = answered;
  let renewal: Promise<Tokens | null> | null = null;

  const renew = async (refreshToken: string): Promise<Tokens | null> => {
    try {
      const renewed = await requestTokens(endpoints, fetcher, now, {
        grant_type: "refresh_token",
        refresh_token: refreshToken,
        client_id: config.clientId,
      });
      return { ...renewed, refreshToken: renewed.refreshToken ?? refreshToken };
    } catch (error) {
      // Out of reach is not refused: the next request tries again.
      if (error instanceof ProblemError && error.kind === "offline") throw error;
      return null;
    } finally {
      renewal = null;
    }
  };

  const token = async (): Promise<string | null> => {
    if (tokens === null) return null;
    if (now() < tokens.expiresAt - MARGIN_MILLISECONDS) return tokens.accessToken;
    if (tokens.refreshToken === null) return null;
    // Requests that find the token old at the same time share one renewal.
    renewal ??= renew(tokens.refreshToken);
    tokens = await renewal;
    return tokens?.accessToken ?? null;
  };

  return { name, token, signIn: () => void signIn() };
}
