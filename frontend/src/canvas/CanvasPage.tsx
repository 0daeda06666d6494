/** The static Canvas page: workflows, their history, and the Trace tab. */

import { useMemo, type ReactElement } from "react";
import { ProblemView } from "../components/states/ProblemView";
import { SignIn } from "../components/states/SignIn";
import { LinesSkeleton } from "../components/states/Skeleton";
import { TraceTab } from "../components/TraceTab";
import { useReadable } from "../components/useReadable";
import type { CanvasSource } from "../model/trace/source";
import type { Workflow } from "../model/trace/workflow";
import type { PageState, PageStateStore } from "../state/viewState";
import { rememberRuns } from "../state/knownRuns";
import { createResource, type Resource, type ResourceView } from "../state/resource";
import type { Store } from "../state/store";
import type { Theme } from "../state/theme";
import { browserTimer } from "../state/polling";
import { HistoryView } from "./HistoryView";
import { RunForm } from "./RunForm";
import { TopBar } from "./TopBar";
import { useOtherRuns } from "./useOtherRuns";
import { useResource } from "../components/useResource";
import { WorkflowGraph } from "./WorkflowGraph";
import { WorkflowList } from "./WorkflowList";
import { lazyView } from "../components/lazyView";

const CompareView = lazyView(async () => (await import("./CompareView")).CompareView, {
  fallback: () => <LinesSkeleton lines={8} />,
});

export interface CanvasPageProps {
  readonly source: CanvasSource;
  readonly pageStore: PageStateStore;
  readonly theme: Store<Theme>;
  readonly userName: string;
  readonly onSignIn: () => void;
}

export function CanvasPage(props: CanvasPageProps): ReactElement {
  const { pageStore, theme, userName } = props;
  const { source, known } = useMemo(() => rememberRuns(props.source), [props.source]);
  const { workflowOf, nameOf } = useReadable(known);
  const pageState = useReadable(pageStore);
  const workflows = useMemo(
    () => createResource((signal) => source.listWorkflows(signal), browserTimer),
    [source],
  );
  const loaded = useResource(workflows);
  const find = (id: string | null): Workflow | null =>
    loaded.value?.find(({ workflowId }) => workflowId === id) ?? null;
  const workflow = find(pageState.workflowId);
  // The workflow that the run names takes precedence over the one in the URL.
  const shownId = workflowOf.get(pageState.executionId ?? "") ?? pageState.workflowId;
  return (
    <SignIn value={props.onSignIn}>
      <div className="cv-page">
        <TopBar
          pageState={pageState}
          pageStore={pageStore}
          workflowId={shownId}
          workflowName={find(shownId)?.name ?? nameOf.get(shownId ?? "") ?? null}
          userName={userName}
          theme={theme}
        />
        <View
          {...props}
          source={source}
          pageState={pageState}
          workflow={workflow}
          knownName={nameOf.get(pageState.workflowId ?? "") ?? null}
          workflows={workflows}
          loaded={loaded}
        />
      </div>
    </SignIn>
  );
}

interface ViewProps extends CanvasPageProps {
  readonly pageState: PageState;
  readonly workflow: Workflow | null;
  /** The workflow's name in its runs; null until one was read. */
  readonly knownName: string | null;
  readonly workflows: Resource<readonly Workflow[]>;
  readonly loaded: ResourceView<readonly Workflow[]>;
}

function View(props: ViewProps): ReactElement {
  const { source, pageStore, pageState, workflow, workflows, loaded } = props;
  const runs = useOtherRuns(source, pageStore, pageState.executionId);
  if (pageState.tab === "trace" && pageState.executionId !== null && pageState.otherId !== null) {
    return (
      <CompareView
        source={source}
        pageStore={pageStore}
        executionId={pageState.executionId}
        otherId={pageState.otherId}
      />
    );
  }
  if (pageState.tab === "trace" && pageState.executionId !== null) {
    return (
      <main className="cv-trace">
        <TraceTab
          source={source}
          executionId={pageState.executionId}
          viewStore={pageStore.trace}
          workflows={loaded.value}
          onGoToRun={runs.goTo}
          onCompare={runs.compare}
          takesFocus
        />
      </main>
    );
  }
  if (pageState.workflowId === null) {
    return (
      <main className="cv-home">
        <WorkflowList
          workflows={loaded.value}
          problem={loaded.problem}
          onRetry={workflows.start}
          pageStore={pageStore}
        />
        <HistoryView
          source={source}
          pageStore={pageStore}
          workflowId={null}
          title="Recent executions"
          workflows={loaded.value}
        />
      </main>
    );
  }
  if (pageState.tab === "history") {
    return (
      <main className="cv-main">
        <HistoryView
          key={pageState.workflowId}
          source={source}
          pageStore={pageStore}
          workflowId={pageState.workflowId}
          title="Executions"
          isShipped={loaded.value && workflow !== null}
        />
      </main>
    );
  }
  return <WorkflowView {...props} workflow={workflow} workflowId={pageState.workflowId} />;
}

interface WorkflowViewProps extends ViewProps {
  readonly workflowId: string;
}

function WorkflowView(props: WorkflowViewProps): ReactElement {
  const { source, pageStore, workflow, knownName, workflows, workflowId, loaded } = props;
  if (!workflow) {
    return (
      <main className="cv-main">
        {loaded.problem && (
          <ProblemView
            problem={loaded.problem}
            subject="list of workflows"
            onRetry={workflows.start}
          />
        )}
        {!loaded.problem && !loaded.value && <LinesSkeleton lines={8} />}
        {loaded.value && (
          <>
            {knownName !== null && (
              <header className="cv-workflow-head">
                <h1>{knownName}</h1>
                <p>
                  The executor ships no document of this workflow: it has no graph here, and cannot
                  be started from here.
                </p>
              </header>
            )}
            <HistoryView
              source={source}
              pageStore={pageStore}
              workflowId={workflowId}
              title="Recent executions"
              isShipped={false}
            />
          </>
        )}
      </main>
    );
  }
  return (
    <main className="cv-main" key={workflowId}>
      <header className="cv-workflow-head">
        <h1>{workflow.name}</h1>
        {workflow.version !== "" && <span className="sv-note">version {workflow.version}</span>}
        <p>{workflow.description}</p>
      </header>
      <WorkflowGraph workflow={workflow} />
      <div className="cv-columns">
        <section className="cv-section">
          <header className="cv-section-head">
            <h2>Run it</h2>
          </header>
          <RunForm
            workflow={workflow}
            source={source}
            onStarted={(executionId) => pageStore.push({ workflowId, executionId, tab: "trace" })}
          />
        </section>
        <HistoryView
          source={source}
          pageStore={pageStore}
          workflowId={workflowId}
          title="Recent executions"
          isShipped
        />
      </div>
    </main>
  );
}
