/** Starts to read the trace in the page's URL before the tab asks for it. */

import type { CanvasSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";

/** Wraps a source: the first request for the trace gets the reading that has started, all others go to the source. */
export function readAhead(source: CanvasSource, executionId: string | null): CanvasSource {
  if (executionId === null) return source;
  const abort = new AbortController();
  let tell: ((soFar: Trace) => void) | undefined;
  let latest: Trace | null = null;
  const reading = source.readTrace(executionId, null, abort.signal, (soFar) => {
    latest = soFar;
    tell?.(soFar);
  });
  // The request that takes it over gets the failure; it must not be reported as unhandled before.
  reading.catch(() => undefined);
  let isTaken = false;
  return {
    ...source,
    readTrace: (wanted, etag, signal, onProgress) => {
      if (isTaken) return source.readTrace(wanted, etag, signal, onProgress);
      isTaken = true;
      if (wanted !== executionId || etag !== null) {
        abort.abort();
        return source.readTrace(wanted, etag, signal, onProgress);
      }
      signal.addEventListener("abort", () => abort.abort());
      tell = onProgress;
      if (latest) onProgress?.(latest);
      return reading;
    },
  };
}
