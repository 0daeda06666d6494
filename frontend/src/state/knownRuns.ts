/** Remembers from all answers which workflow a run belongs to, and the names of workflows. */

import { senderId, type Execution } from "../model/trace/execution";
import type { CanvasSource, TraceReading } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";
import { createStore, type Readable } from "./store";

interface KnownRuns {
  /** Workflow ids by execution id, and by the id that the sender of the run uses. */
  readonly workflowOf: ReadonlyMap<string, string>;
  /** Names by workflow id. */
  readonly nameOf: ReadonlyMap<string, string>;
}

interface Remembering {
  /** The source, whose answers are remembered. */
  readonly source: CanvasSource;
  readonly known: Readable<KnownRuns>;
}

/** Wraps a source. It sends no requests of its own: a workflow without a document is known from its runs only. */
export function rememberRuns(source: CanvasSource): Remembering {
  const known = createStore<KnownRuns>({ workflowOf: new Map(), nameOf: new Map() });

  /** The newest run comes first: where two name their workflow differently, it is right. */
  const remember = (...executions: readonly Execution[]): void => {
    const oldestFirst = executions.filter(({ workflowId }) => workflowId !== "").reverse();
    const workflows = new Map(
      oldestFirst.flatMap((run) => [
        [run.executionId, run.workflowId],
        [senderId(run), run.workflowId],
      ]),
    );
    const named = oldestFirst.filter(({ workflowName }) => workflowName !== "");
    const names = new Map(named.map((run) => [run.workflowId, run.workflowName]));
    const { workflowOf, nameOf } = known.get();
    if (isWithin(workflows, workflowOf) && isWithin(names, nameOf)) return;
    known.set({
      workflowOf: new Map([...workflowOf, ...workflows]),
      nameOf: new Map([...nameOf, ...names]),
    });
  };
  const ofReading = (reading: TraceReading): TraceReading => {
    if (reading.kind === "changed") remember(reading.trace.execution);
    return reading;
  };

  return {
    known,
    source: {
      ...source,
      readTrace: async (executionId, etag, signal, onProgress) => {
        const onKnownPart = (soFar: Trace): void => {
          remember(soFar.execution);
          onProgress?.(soFar);
        };
        return ofReading(await source.readTrace(executionId, etag, signal, onKnownPart));
      },
      readExecution: async (executionId, signal) => {
        const execution = await source.readExecution(executionId, signal);
        remember(execution);
        return execution;
      },
      listExecutions: async (query, signal) => {
        const page = await source.listExecutions(query, signal);
        remember(...page.items);
        return page;
      },
    },
  };
}

function isWithin(part: ReadonlyMap<string, string>, whole: ReadonlyMap<string, string>): boolean {
  return [...part].every(([key, value]) => whole.get(key) === value);
}
