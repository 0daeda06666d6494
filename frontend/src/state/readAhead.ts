/** A source that reads the trace of the page's address before anybody has asked for it. */

import type { CanvasSource } from "../model/trace/source";
import type { Trace } from "../model/trace/trace";

/** The first who asks for the trace gets what is on its way; all others are answered as ever. */
export function readAhead(source: CanvasSource, executionId: string | null): CanvasSource {
  if (executionId === null) return source;
  const abort = new AbortController();
  let tell: ((soFar: Trace) => void) | undefined;
  let latest: Trace | null = null;
  const reading = source.readTrace(executionId, null, abort.signal, (soFar) => {
    latest = soFar;
    tell?.(soFar);
  });
  // Who takes it over hears of a failure; until then nobody does.
  reading.catch(() => undefined);
  let isTaken = false;
  return {
    ...source,
    readTrace: (wanted, etag, signal, onPart) => {
      if (isTaken) return source.readTrace(wanted, etag, signal, onPart);
      isTaken = true;
      if (wanted !== executionId || etag !== null) {
        abort.abort();
        return source.readTrace(wanted, etag, signal, onPart);
      }
      signal.addEventListener("abort", () => abort.abort());
      tell = onPart;
      if (latest) onPart?.(latest);
      return reading;
    },
  };
}
