/** Loads components when they are first shown; shows a problem, and retries, when one cannot be loaded. */

import { useMemo, type ComponentType, type ReactElement, type ReactNode } from "react";
import { ProblemError } from "../model/problem";
import { browserTimer } from "../state/polling";
import { createResource } from "../state/resource";
import { ProblemView } from "./states/ProblemView";
import { useResource } from "./useResource";

interface LazyOptions<Props> {
  /** Stands there while the part is read. */
  readonly fallback?: (props: Props) => ReactNode;
  /** What the problem is shown in, where the part would have brought it along. */
  readonly around?: (problem: ReactElement, props: Props) => ReactElement;
}

/**
 * Loads a component lazily, as React's `lazy` does, but a failure can be retried: React keeps the failure and throws it
 * at each render.
 */
export function lazyView<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { fallback, around }: LazyOptions<Props> = {},
): ComponentType<Props> {
  let known: ComponentType<Props> | null = null;
  const read = async (): Promise<ComponentType<Props>> => {
    try {
      return (known = await load());
    } catch {
      throw notLoaded(navigator.onLine);
    }
  };
  return function LazyView(props: Props): ReactNode {
    const part = useMemo(() => createResource(read, browserTimer), []);
    const { value, problem } = useResource(part);
    const View = value ?? known;
    if (View !== null) return <View {...props} />;
    if (problem === null) return fallback?.(props) ?? null;
    const shown = <ProblemView problem={problem} subject="part of the page" onRetry={part.start} />;
    return around?.(shown, props) ?? shown;
  };
}

/** Online, the part is gone: a newer page has been deployed since this one was loaded. */
function notLoaded(isOnline: boolean): ProblemError {
  const message = "A part of the page could not be loaded.";
  return new ProblemError(isOnline ? "contract" : "offline", message);
}
