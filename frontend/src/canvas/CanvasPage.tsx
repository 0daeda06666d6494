/** The static Canvas page: workflows, their history, and the Trace tab. */

import { useMemo, type ReactElement } from "react";
import { ProblemView } from "../components/states/ProblemView";
import { SignIn } from "../components/states/SignIn";
import { LinesSkeleton } from "../components/states/Skeleton";
import { TraceTab } from "../components/TraceTab";
import { useReadable } from "../components/useReadable";
import type { CanvasSource } from "../model/trace/source";
import type { Workflow } from "../model/trace/workflow";
import type { CanvasPlace, CanvasPlaces } from "../state/place";
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
  readonly places: CanvasPlaces;
  readonly theme: Store<Theme>;
  readonly userName: string;
  readonly onSignIn: () => void;
}

export function CanvasPage(props: CanvasPageProps): ReactElement {
  const { places, theme, userName } = props;
  const { source, known } = useMemo(() => rememberRuns(props.source), [props.source]);
  const { workflowOf, nameOf } = useReadable(known);
  const place = useReadable(places);
  const workflows = useMemo(
    () => createResource((signal) => source.listWorkflows(signal), browserTimer),
    [source],
  );
  const loaded = useResource(workflows);
  const find = (id: string | null): Workflow | null =>
    loaded.value?.find(({ workflowId }) => workflowId === id) ?? null;
  const workflow = find(place.workflowId);
  // What the run says of itself goes before what the address says of it.
  const shownId = workflowOf.get(place.executionId ?? "") ?? place.workflowId;
  return (
    <SignIn value={props.onSignIn}>
      <div className="cv-page">
        <TopBar
          place={place}
          places={places}
          workflowId={shownId}
          workflowName={find(shownId)?.name ?? nameOf.get(shownId ?? "") ?? null}
          userName={userName}
          theme={theme}
        />
        <View
          {...props}
          source={source}
          place={place}
          workflow={workflow}
          knownName={nameOf.get(place.workflowId ?? "") ?? null}
          workflows={workflows}
          loaded={loaded}
        />
      </div>
    </SignIn>
  );
}

interface ViewProps extends CanvasPageProps {
  readonly place: CanvasPlace;
  readonly workflow: Workflow | null;
  /** What the runs of the workflow call it; null while none has been seen. */
  readonly knownName: string | null;
  readonly workflows: Resource<readonly Workflow[]>;
  readonly loaded: ResourceView<readonly Workflow[]>;
}

function View(props: ViewProps): ReactElement {
  const { source, places, place, workflow, workflows, loaded } = props;
  const runs = useOtherRuns(source, places, place.executionId);
  if (place.tab === "trace" && place.executionId !== null && place.otherId !== null) {
    return (
      <CompareView
        source={source}
        places={places}
        executionId={place.executionId}
        otherId={place.otherId}
      />
    );
  }
  if (place.tab === "trace" && place.executionId !== null) {
    return (
      <main className="cv-trace">
        <TraceTab
          source={source}
          executionId={place.executionId}
          places={places.trace}
          workflows={loaded.value}
          onGoToRun={runs.goTo}
          onCompare={runs.compare}
          takesFocus
        />
      </main>
    );
  }
  if (place.workflowId === null) {
    return (
      <main className="cv-home">
        <WorkflowList
          workflows={loaded.value}
          problem={loaded.problem}
          onRetry={workflows.start}
          places={places}
        />
        <HistoryView
          source={source}
          places={places}
          workflowId={null}
          title="Recent executions"
          workflows={loaded.value}
        />
      </main>
    );
  }
  if (place.tab === "history") {
    return (
      <main className="cv-main">
        <HistoryView
          key={place.workflowId}
          source={source}
          places={places}
          workflowId={place.workflowId}
          title="Executions"
          isShipped={loaded.value && workflow !== null}
        />
      </main>
    );
  }
  return <WorkflowView {...props} workflow={workflow} workflowId={place.workflowId} />;
}

interface WorkflowViewProps extends ViewProps {
  readonly workflowId: string;
}

function WorkflowView(props: WorkflowViewProps): ReactElement {
  const { source, places, workflow, knownName, workflows, workflowId, loaded } = props;
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
              places={places}
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
            onStarted={(executionId) => places.push({ workflowId, executionId, tab: "trace" })}
          />
        </section>
        <HistoryView
          source={source}
          places={places}
          workflowId={workflowId}
          title="Recent executions"
          isShipped
        />
      </div>
    </main>
  );
}
