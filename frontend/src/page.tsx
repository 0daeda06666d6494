/** What the page shows once it is known who reads it. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Session } from "./auth/session";
import { CanvasPage } from "./canvas/CanvasPage";
import "./canvas/page.css";
import { ProblemView } from "./components/states/ProblemView";
import { SignIn } from "./components/states/SignIn";
import { isPassing } from "./model/problem";
import type { ProblemError } from "./model/problem";
import type { CanvasSource } from "./model/trace/source";
import type { PageStateStore } from "./state/viewState";
import { createTheme } from "./state/theme";

interface PageParts {
  readonly source: CanvasSource;
  readonly pageStore: PageStateStore;
  readonly session: Session;
}

/** Draws the page. */
export function drawPage(container: HTMLElement, { source, pageStore, session }: PageParts): void {
  createRoot(container).render(
    <StrictMode>
      <CanvasPage
        source={source}
        pageStore={pageStore}
        theme={createTheme(window)}
        userName={session.name}
        onSignIn={session.signIn}
      />
    </StrictMode>,
  );
}

/** Draws why the page cannot be shown. */
export function drawProblem(container: HTMLElement, problem: ProblemError): void {
  createTheme(window);
  // The page is at the URL that the sign-in returns to: a reload signs in again.
  const again = (): void => window.location.reload();
  if (isPassing(problem)) window.addEventListener("online", again);
  createRoot(container).render(
    <SignIn value={again}>
      <ProblemView problem={problem} subject="page" onRetry={again} />
    </SignIn>,
  );
}
