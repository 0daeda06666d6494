import { useEffect, useState } from "react";
import type { Trace } from "../model/trace/trace";
import { isUnfinished } from "../model/trace/execution";
import { nanosFromMilliseconds, type Nanos } from "../model/time/time";

const TICK_MILLISECONDS = 250;

/**
 * The server's clock, going on between its answers while the execution runs, so that bars grow
 * smoothly. `isHeld`: the connection is lost and nobody knows whether anything still runs.
 */
export function useNow(trace: Trace, isHeld: boolean): Nanos {
  const isTicking = isUnfinished(trace.execution) && !isHeld;
  const [passed, setPassed] = useState({ since: trace.servedAt, milliseconds: 0 });
  const { servedAt } = trace;
  useEffect(() => {
    if (!isTicking) return undefined;
    const start = performance.now();
    const handle = setInterval(
      () => setPassed({ since: servedAt, milliseconds: performance.now() - start }),
      TICK_MILLISECONDS,
    );
    return () => clearInterval(handle);
  }, [isTicking, servedAt]);
  if (!isTicking || passed.since !== servedAt) return servedAt;
  return servedAt + nanosFromMilliseconds(passed.milliseconds);
}
