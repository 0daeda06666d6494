import type { ReactElement } from "react";
import { shortId } from "../model/labels/format";
import { Icon } from "../components/Icon";
import type { IconName } from "../components/icons";
import { useReadable } from "../components/useReadable";
import { TABS, type PageState, type PageStateStore, type Tab } from "../state/viewState";
import { THEMES, type Theme } from "../state/theme";
import type { Store } from "../state/store";
import { PageLink } from "./PageLink";

interface TopBarProps {
  readonly pageState: PageState;
  readonly pageStore: PageStateStore;
  /** The workflow of the run that is shown, else the one in the URL; null when there is none. */
  readonly workflowId: string | null;
  readonly workflowName: string | null;
  readonly userName: string;
  readonly theme: Store<Theme>;
}

const HOME: Partial<PageState> = { workflowId: null, executionId: null, tab: "workflow" };

export function TopBar(props: TopBarProps): ReactElement {
  const { pageState, pageStore, workflowId, workflowName, userName, theme } = props;
  return (
    <header className="cv-bar">
      <nav className="cv-crumbs" aria-label="Where you are">
        <PageLink pageStore={pageStore} to={HOME} className="cv-brand">
          <img src="/icon.svg" alt="" width="20" height="20" />
          Canvas
        </PageLink>
        {workflowId !== null && (
          <>
            <Icon name="right" />
            <PageLink
              pageStore={pageStore}
              to={{ workflowId, executionId: null, tab: "workflow" }}
              className="cv-crumb"
            >
              {workflowName ?? workflowId}
            </PageLink>
          </>
        )}
        {pageState.executionId !== null && (
          <>
            <Icon name="right" />
            <span className="cv-crumb cv-crumb-id" title={pageState.executionId}>
              {shortId(pageState.executionId)}
            </span>
          </>
        )}
      </nav>
      {(workflowId !== null || pageState.executionId !== null) && (
        <PageTabs pageState={pageState} pageStore={pageStore} workflowId={workflowId} />
      )}
      <div className="cv-user">
        <ThemeButton theme={theme} />
        <span title="Signed in">{userName}</span>
      </div>
    </header>
  );
}

const TAB_LABELS: Readonly<Record<Tab, string>> = {
  workflow: "Workflow",
  history: "History",
  trace: "Trace",
};

function PageTabs(
  props: Pick<TopBarProps, "pageState" | "pageStore" | "workflowId">,
): ReactElement {
  const { pageState, pageStore, workflowId } = props;
  /** Returns why a tab is disabled; null when it is not. */
  const whyOff = (tab: Tab): string | null => {
    if (tab === "trace") {
      return pageState.executionId === null ? "Choose an execution in the history first" : null;
    }
    return workflowId === null ? "The workflow of this execution is not known" : null;
  };
  return (
    <nav className="cv-tabs" aria-label="Views of the workflow">
      {TABS.map((tab) =>
        whyOff(tab) !== null ? (
          <span key={tab} className="cv-tab-off" title={whyOff(tab) ?? undefined}>
            {TAB_LABELS[tab]}
          </span>
        ) : (
          <PageLink
            key={tab}
            pageStore={pageStore}
            to={{ workflowId, tab }}
            isCurrent={pageState.tab === tab}
          >
            {TAB_LABELS[tab]}
          </PageLink>
        ),
      )}
    </nav>
  );
}

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { auto: "auto", light: "sun", dark: "moon" };
const THEME_LABELS: Readonly<Record<Theme, string>> = {
  auto: "Colours: as the system",
  light: "Colours: light",
  dark: "Colours: dark",
};

function ThemeButton({ theme }: { readonly theme: Store<Theme> }): ReactElement {
  const current = useReadable(theme);
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? "auto";
  return (
    <button
      type="button"
      className="sv-icon-button"
      onClick={() => theme.set(next)}
      title={THEME_LABELS[current]}
      aria-label={THEME_LABELS[current]}
    >
      <Icon name={THEME_ICONS[current]} />
    </button>
  );
}
