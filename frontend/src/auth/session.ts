/** The session of the page: it lasts until the page is closed. */

import { displayName, readClaims } from "./claims";
import type { PageConfig } from "./config";
import { checkIdToken } from "./idToken";
import { createTokenProvider } from "./renewal";
import { discover, leaveToSignIn, takeAnswer, type Browser } from "./signIn";
import { requestTokens, type Tokens } from "./tokens";

export interface Session {
  readonly name: string;
  /** Resolves to a valid token; null when the session has ended. */
  readonly token: () => Promise<string | null>;
  readonly signIn: () => void;
}

/** Opens the session. Null when nobody is signed in: the browser then leaves for the issuer. */
export async function openSession(
  config: PageConfig,
  browser: Browser,
  fetcher: typeof fetch,
  now: () => number = Date.now,
): Promise<Session | null> {
  const endpoints = await discover(config, browser, fetcher);
  const signIn = (): Promise<void> => leaveToSignIn(config, endpoints, browser);
  const answered = await takeAnswer(config, endpoints, browser, fetcher, now);
  if (answered === "fewer_scopes") {
    await leaveToSignIn(config, { ...endpoints, scopes: [] }, browser);
    return null;
  }
  if (answered === null) {
    await signIn();
    return null;
  }
  const claims = readClaims(answered.idToken ?? answered.accessToken);
  const renew = async (refreshToken: string): Promise<Tokens> => {
    const renewed = await requestTokens(endpoints.token, fetcher, now, {
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      client_id: config.clientId,
    });
    if (renewed.idToken !== null) {
      const { issuer, clientId } = config;
      const subject =
        answered.idToken !== null && typeof claims.sub === "string" ? claims.sub : null;
      checkIdToken(renewed.idToken, { issuer, clientId, nonce: null, subject, now: now() });
    }
    return renewed;
  };
  return {
    name: displayName(claims),
    token: createTokenProvider(answered, renew, now),
    signIn: () => void signIn(),
  };
}
