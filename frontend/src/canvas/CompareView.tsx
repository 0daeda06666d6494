/** The page that compares two runs of a workflow: which runs, and their comparison. */

import { useMemo, type ReactElement } from "react";
import { Icon } from "../components/Icon";
import { InlineProblem, ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import type { RunSide } from "../model/diff/alignRuns";
import type { Execution } from "../model/trace/execution";
import type { CanvasSource, ExecutionQuery } from "../model/trace/source";
import { totals } from "../model/trace/totals";
import { indexTrace } from "../model/trace/traceIndex";
import type { PageStateStore } from "../state/viewState";
import { createResource } from "../state/resource";
import { browserTimer } from "../state/polling";
import { ComparisonTable } from "./ComparisonTable";
import { RunPicker } from "./RunPicker";
import { useResource } from "../components/useResource";

interface CompareViewProps {
  readonly source: CanvasSource;
  readonly pageStore: PageStateStore;
  readonly executionId: string;
  readonly otherId: string;
}

export function CompareView(props: CompareViewProps): ReactElement {
  const { executionId, otherId } = props;
  return (
    <main className="cv-main cv-compare">
      <Pickers {...props} />
      {otherId !== "" && <Runs key={`${executionId} ${otherId}`} {...props} />}
    </main>
  );
}

const RECENT: Omit<ExecutionQuery, "workflowId"> = {
  status: null,
  cursor: null,
  startedFrom: null,
  startedTo: null,
};

function Pickers({ source, pageStore, executionId, otherId }: CompareViewProps): ReactElement {
  const recent = useMemo(
    () =>
      createResource(async (signal) => {
        const { workflowId, workflowName } = await source.readExecution(executionId, signal);
        const page = await source.listExecutions({ ...RECENT, workflowId }, signal);
        return { workflowName, runs: page.items };
      }, browserTimer),
    [source, executionId],
  );
  const { value, problem, readAt } = useResource(recent);
  const runsBut = (id: string): readonly Execution[] =>
    (value?.runs ?? []).filter((run) => run.executionId !== id);
  const left = runsBut(executionId);
  return (
    <header className="cv-compare-head">
      <h1>Two runs of “{value?.workflowName ?? "…"}”</h1>
      <RunPicker
        label="Left"
        executionId={otherId}
        runs={left}
        readAt={readAt}
        onChoose={(id) => pageStore.push({ otherId: id })}
      />
      <button
        type="button"
        className="sv-icon-button"
        disabled={otherId === ""}
        onClick={() => pageStore.push({ executionId: otherId, otherId: executionId })}
        title="Change sides"
        aria-label="Change sides"
      >
        <Icon name="swap" />
      </button>
      <RunPicker
        label="Right"
        executionId={executionId}
        runs={runsBut(otherId)}
        readAt={readAt}
        onChoose={(id) => pageStore.push({ executionId: id, otherId })}
      />
      {problem && otherId === "" && (
        <InlineProblem
          what="The other runs were not read."
          problem={problem}
          subject="history"
          onRetry={recent.start}
        />
      )}
      {value && otherId === "" && (
        <p className="sv-nothing">
          {left.length > 0
            ? "Choose a run to compare with."
            : "This workflow has no other run to compare with yet."}
        </p>
      )}
    </header>
  );
}

function Runs({ source, pageStore, executionId, otherId }: CompareViewProps): ReactElement {
  const runs = useMemo(
    () =>
      createResource(async (signal): Promise<readonly [RunSide, RunSide]> => {
        const [one, other] = await Promise.all(
          [otherId, executionId].map((id) => readRun(source, id, signal)),
        );
        if (!one || !other) throw new Error("nothing was read");
        return [one, other];
      }, browserTimer),
    [source, executionId, otherId],
  );
  const { value, problem } = useResource(runs);
  if (!value) {
    return problem ? (
      <ProblemView problem={problem} subject="execution" onRetry={runs.start} />
    ) : (
      <LinesSkeleton lines={8} />
    );
  }
  return <ComparisonTable source={source} left={value[0]} right={value[1]} pageStore={pageStore} />;
}

async function readRun(
  source: CanvasSource,
  executionId: string,
  signal: AbortSignal,
): Promise<RunSide | null> {
  const reading = await source.readTrace(executionId, null, signal);
  if (reading.kind !== "changed") return null;
  const index = indexTrace(reading.trace.rows);
  return { trace: reading.trace, index, sums: totals(index) };
}
