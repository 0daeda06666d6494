import { useSyncExternalStore } from "react";
import type { Readable } from "../state/store";

/** Returns the value of a readable, and renders again when it changes. */
export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.subscribe, readable.get, readable.get);
}
