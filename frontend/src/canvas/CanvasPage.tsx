/** The static Canvas page: workflows, their history, and the Trace tab. */

import { lazy, Suspense, useMemo, type ReactElement } from "react";
import { ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import { TraceTab } from "../components/TraceTab";
import { useReadable } from "../components/useReadable";
import type { CanvasSource } from "../model/source";
import type { Workflow } from "../model/workflow";
import type { CanvasPlace, CanvasPlaces } from "../state/place";
import { createResource, type Resource, type ResourceView } from "../state/resource";
import type { Store } from "../state/store";
import type { Theme } from "../state/theme";
import { browserTimer } from "../state/polling";
import { HistoryView } from "./HistoryView";
import { RunForm } from "./RunForm";
import { TopBar } from "./TopBar";
import { useOtherRuns } from "./useOtherRuns";
import { useResource } from "./useResource";
import { WorkflowGraph } from "./WorkflowGraph";
import { WorkflowList } from "./WorkflowList";

const CompareView = lazy(async () => {
  const { CompareView: View } = await import("./CompareView");
  return { default: View };
});

export interface CanvasPageProps {
  readonly source: CanvasSource;
  readonly places: CanvasPlaces;
  readonly theme: Store<Theme>;
  readonly userName: string;
  readonly onSignIn: () => void;
}

export function CanvasPage(props: CanvasPageProps): ReactElement {
  const { source, places, theme, userName } = props;
  const place = useReadable(places);
  const workflows = useMemo(
    () => createResource((signal) => source.listWorkflows(signal), browserTimer),
    [source],
  );
  const loaded = useResource(workflows);
  const workflow = loaded.value?.find(({ workflowId }) => workflowId === place.workflowId) ?? null;
  return (
    <div className="cv-page">
      <TopBar
        place={place}
        places={places}
        workflowName={workflow?.name ?? null}
        userName={userName}
        theme={theme}
      />
      <View {...props} place={place} workflow={workflow} workflows={workflows} loaded={loaded} />
    </div>
  );
}

interface ViewProps extends CanvasPageProps {
  readonly place: CanvasPlace;
  readonly workflow: Workflow | null;
  readonly workflows: Resource<readonly Workflow[]>;
  readonly loaded: ResourceView<readonly Workflow[]>;
}

function View(props: ViewProps): ReactElement {
  const { source, places, place, workflow, workflows, loaded, onSignIn } = props;
  const runs = useOtherRuns(source, places, place.executionId);
  if (place.tab === "trace" && place.executionId !== null && place.otherId !== null) {
    return (
      <Suspense fallback={<LinesSkeleton lines={8} />}>
        <CompareView
          source={source}
          places={places}
          executionId={place.executionId}
          otherId={place.otherId}
        />
      </Suspense>
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
          onSignIn={onSignIn}
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
  const { source, places, workflow, workflows, workflowId, loaded } = props;
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
        {loaded.value && <p className="sv-nothing">There is no workflow “{workflowId}”.</p>}
      </main>
    );
  }
  return (
    <main className="cv-main" key={workflowId}>
      <header className="cv-workflow-head">
        <h1>{workflow.name}</h1>
        <span className="sv-note">version {workflow.version}</span>
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
        />
      </div>
    </main>
  );
}
