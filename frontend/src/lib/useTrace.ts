import { useEffect, useSyncExternalStore } from "react";
import type { TraceStore } from "../state/traceStore";
import type { TraceView } from "../state/traceView";

/** The store's view; reads while the component is mounted. Give it a store that outlives renders. */
export function useTrace(store: TraceStore): TraceView {
  useEffect(() => {
    store.start();
    return store.stop;
  }, [store]);
  return useSyncExternalStore(store.subscribe, store.get);
}
