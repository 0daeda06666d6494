import { useMemo } from "react";
import type { Execution } from "../model/execution";
import type { CanvasSource } from "../model/source";
import type { CanvasPlaces } from "../state/place";
import { lastGoodBefore, neighbourOf } from "../state/otherRuns";

interface OtherRuns {
  readonly goTo: (direction: 1 | -1) => void;
  readonly compare: () => void;
}

/** Ways from one run to another of the same workflow; where there is none, nothing happens. */
export function useOtherRuns(
  source: CanvasSource,
  places: CanvasPlaces,
  executionId: string | null,
): OtherRuns {
  return useMemo(() => {
    const from = async (
      find: (execution: Execution, signal: AbortSignal) => Promise<Execution | null>,
      go: (found: Execution) => void,
    ): Promise<void> => {
      if (executionId === null) return;
      const { signal } = new AbortController();
      try {
        const execution = await source.readExecution(executionId, signal);
        const found = await find(execution, signal);
        if (found && places.get().executionId === executionId) go(found);
      } catch {
        // The page stays where it is; what is wrong with the connection, the trace itself says.
      }
    };
    return {
      goTo: (direction) =>
        void from(
          (execution, signal) => neighbourOf(source, execution, direction, signal),
          ({ executionId: found }) => places.push({ executionId: found, tab: "trace" }),
        ),
      compare: () =>
        void from(
          (execution, signal) => lastGoodBefore(source, execution, signal),
          ({ executionId: found }) => places.push({ otherId: found, tab: "trace" }),
        ),
    };
  }, [source, places, executionId]);
}
