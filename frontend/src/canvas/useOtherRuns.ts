import { useMemo } from "react";
import type { Execution } from "../model/trace/execution";
import type { CanvasSource } from "../model/trace/source";
import type { PageStateStore } from "../state/viewState";
import { lastGoodBefore, neighbourOf } from "../state/otherRuns";

interface OtherRuns {
  /** Resolves to null, or to a message for the reader when there is no such run. */
  readonly goTo: (direction: 1 | -1) => Promise<string | null>;
  readonly compare: () => Promise<string | null>;
}

const NO_RUN = {
  "-1": "This is the first run of the workflow",
  "1": "This is the newest run of the workflow",
};

/** Returns actions that open another run of the same workflow. */
export function useOtherRuns(
  source: CanvasSource,
  pageStore: PageStateStore,
  executionId: string | null,
): OtherRuns {
  return useMemo(() => {
    const from = async (
      find: (execution: Execution, signal: AbortSignal) => Promise<Execution | null>,
      go: (found: Execution | null) => string | null,
    ): Promise<string | null> => {
      if (executionId === null) return null;
      const { signal } = new AbortController();
      const execution = await source.readExecution(executionId, signal);
      const found = await find(execution, signal);
      return pageStore.get().executionId === executionId ? go(found) : null;
    };
    return {
      goTo: (direction) =>
        from(
          (execution, signal) => neighbourOf(source, execution, direction, signal),
          (found) => {
            if (found === null) return NO_RUN[direction];
            pageStore.push({ executionId: found.executionId, tab: "trace" });
            return null;
          },
        ),
      // Without a good run before it the reader chooses another one.
      compare: () =>
        from(
          (execution, signal) => lastGoodBefore(source, execution, signal),
          (found) => {
            pageStore.push({ otherId: found?.executionId ?? "", tab: "trace" });
            return null;
          },
        ),
    };
  }, [source, pageStore, executionId]);
}
