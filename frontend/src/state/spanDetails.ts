/** Reads the detail of the span in the panel, and caches it. */

import { asProblem, isAbort, type ProblemError } from "../model/problem";
import type { TraceSource } from "../model/trace/source";
import type { SpanDetail } from "../model/trace/span";
import { createStore, type Readable } from "./store";
import type { Timer } from "./polling";
import { createRetrying } from "./retrying";

/** The wait before a detail is read, so that holding an arrow key does not read every span. */
const SETTLE_MILLISECONDS = 90;
const KEPT_SPANS = 200;

interface DetailView {
  readonly spanId: string | null;
  readonly detail: SpanDetail | null;
  readonly problem: ProblemError | null;
}

export interface SpanDetails extends Readable<DetailView> {
  /** `version` changes when the span does: a running one is read again when its row is new. */
  readonly show: (spanId: string, version: string) => void;
  /** Another span's detail, from what is kept or from the server; the panel stays as it is. */
  readonly read: (spanId: string, version: string) => Promise<SpanDetail>;
  readonly retry: () => void;
  /** The server answers again: reads now what waits to be read again. */
  readonly wake: () => void;
  readonly stop: () => void;
}

/** Creates the reader of span details. */
export function createSpanDetails(
  source: TraceSource,
  executionId: string,
  timer: Timer,
): SpanDetails {
  const store = createStore<DetailView>({ spanId: null, detail: null, problem: null });
  const kept = new Map<string, { version: string; detail: SpanDetail }>();
  let wanted: { spanId: string; version: string } | null = null;
  let abort = new AbortController();
  let cancelTimer = (): void => undefined;

  const keep = (spanId: string, version: string, detail: SpanDetail): void => {
    kept.delete(spanId);
    kept.set(spanId, { version, detail });
    const oldest = kept.keys().next();
    if (kept.size > KEPT_SPANS && !oldest.done) kept.delete(oldest.value);
  };

  const read = async (spanId: string, version: string): Promise<void> => {
    const { signal } = abort;
    try {
      const detail = await source.readSpan(executionId, spanId, signal);
      if (signal.aborted) return;
      keep(spanId, version, detail);
      retrying.stop();
      store.set({ spanId, detail, problem: null });
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      const problem = asProblem(error);
      store.set({ spanId, detail: store.get().detail, problem });
      retrying.failed(problem);
    }
  };
  const retrying = createRetrying(timer, () => {
    if (wanted) void read(wanted.spanId, wanted.version);
  });

  const stop = (): void => {
    abort.abort();
    cancelTimer();
    retrying.stop();
    wanted = null;
  };

  const show = (spanId: string, version: string): void => {
    if (wanted?.spanId === spanId && wanted.version === version) return;
    stop();
    wanted = { spanId, version };
    abort = new AbortController();
    const known = kept.get(spanId);
    store.set({ spanId, detail: known?.detail ?? null, problem: null });
    if (known?.version === version) return;
    cancelTimer = timer.after(SETTLE_MILLISECONDS, () => void read(spanId, version));
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    show,
    stop,
    wake: retrying.now,
    read: async (spanId, version) => {
      const known = kept.get(spanId);
      if (known?.version === version) return known.detail;
      const detail = await source.readSpan(executionId, spanId, new AbortController().signal);
      keep(spanId, version, detail);
      return detail;
    },
    retry: () => {
      if (!wanted) return;
      const { spanId, version } = wanted;
      stop();
      show(spanId, version);
    },
  };
}
