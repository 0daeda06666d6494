/**
 * The page's start: settings, sign-in, then Canvas.
 *
 * What signs in is small and comes first; what draws comes while the issuer and the API are waited for.
 */

import { createAccessReader } from "./api/accesses";
import { createClient } from "./api/client";
import { createHttp } from "./api/http";
import { createManager } from "./api/manage";
import { scopesOf } from "./auth/claims";
import { readConfig } from "./auth/config";
import { openSession } from "./auth/session";
import { asProblem } from "./model/problem";
import { createUrlPageStore } from "./state/viewState";
import { readAhead } from "./state/readAhead";

async function start(container: HTMLElement): Promise<void> {
  const drawing = import("./page");
  const fetcher: typeof fetch = (input, init) => fetch(input, init);
  try {
    const config = await readConfig(fetcher);
    const session = await openSession(config, window, fetcher);
    if (session === null) return;
    const http = createHttp(config.apiBaseUrl, session.token, fetcher);
    const pageStore = createUrlPageStore(window);
    const scopes = async (): Promise<ReadonlySet<string>> => scopesOf(await session.token());
    const client = {
      ...createClient(http, fetcher, config.apiBaseUrl),
      manager: createManager(http, scopes),
      accesses: createAccessReader(http, scopes),
    };
    const source = readAhead(client, pageStore.get().executionId);
    (await drawing).drawPage(container, { source, pageStore, session });
  } catch (error) {
    (await drawing).drawProblem(container, asProblem(error));
  }
}

const container = document.getElementById("canvas");
if (container) void start(container);
