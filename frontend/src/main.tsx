/** The page's start: settings, sign-in, then Canvas. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "./api/client";
import { createHttp } from "./api/http";
import { readConfig } from "./auth/config";
import { openSession } from "./auth/session";
import { CanvasPage } from "./canvas/CanvasPage";
import "./canvas/page.css";
import { ProblemView } from "./components/states/ProblemView";
import { asProblem } from "./model/problem";
import { createUrlPlaces } from "./state/place";
import { createTheme } from "./state/theme";

async function start(container: HTMLElement): Promise<void> {
  const theme = createTheme(window);
  const root = createRoot(container);
  const fetcher: typeof fetch = (input, init) => fetch(input, init);
  try {
    const config = await readConfig(fetcher);
    const session = await openSession(config, window, fetcher);
    if (session === null) return;
    const source = createClient(
      createHttp(config.apiBaseUrl, session.token, fetcher),
      fetcher,
      config.apiBaseUrl,
    );
    root.render(
      <StrictMode>
        <CanvasPage
          source={source}
          places={createUrlPlaces(window)}
          theme={theme}
          userName={session.name}
          onSignIn={session.signIn}
        />
      </StrictMode>,
    );
  } catch (error) {
    const problem = asProblem(error);
    root.render(
      <ProblemView problem={problem} subject="page" onRetry={() => window.location.reload()} />,
    );
  }
}

const container = document.getElementById("canvas");
if (container) void start(container);
