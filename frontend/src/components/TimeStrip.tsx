/** Shows in one line where the time went, by categories along the critical path. */

import { memo, useDeferredValue, useMemo, type ReactElement } from "react";
import { criticalPath } from "../model/trace/criticalPath";
import { exactDuration, formatDuration } from "../model/labels/format";
import { CATEGORY_LABELS, timeSpent, type TimeShare } from "../model/time/timeSpent";
import type { TraceStore } from "../state/traceStore";
import type { LoadedTrace } from "../state/traceView";

interface TimeStripProps {
  readonly loaded: LoadedTrace;
  readonly isPathShown: boolean;
  readonly store: TraceStore;
}

export const TimeStrip = memo(function TimeStrip(props: TimeStripProps): ReactElement {
  const { loaded, isPathShown, store } = props;
  // Draw the rows first: finding the critical path of a large trace takes a while.
  const settled = useDeferredValue<LoadedTrace | null>(loaded, null);
  const shares = useMemo(() => {
    if (settled === null) return [];
    const { index, scale, trace } = settled;
    const steps = criticalPath(index, scale, trace.servedAt);
    return timeSpent(index, steps, scale, trace.execution);
  }, [settled]);
  return (
    <footer className="sv-strip" aria-label="Where the time went">
      <span className="sv-strip-title">Where the time went</span>
      <div className="sv-strip-bar" aria-hidden="true">
        {shares.map(({ category, share }) => (
          <i key={category} className={`sv-category-${category}`} style={{ flexGrow: share }} />
        ))}
      </div>
      <ul>
        {shares.map((share) => (
          <Share key={share.category} {...share} />
        ))}
      </ul>
      <button
        type="button"
        className="sv-toggle"
        aria-pressed={isPathShown}
        onClick={store.togglePath}
        title="What decided how long it took (c)"
      >
        Critical path
      </button>
    </footer>
  );
});

function Share({ category, nanos, share }: TimeShare): ReactElement {
  const length = BigInt(Math.round(nanos));
  return (
    <li
      className={share < 0.01 ? "sv-share-small" : ""}
      title={`${exactDuration(length)} of the critical path`}
    >
      <i className={`sv-category-${category}`} aria-hidden="true" />
      {CATEGORY_LABELS[category]} <b>{percent(share)}</b>
      <span className="sv-note"> {formatDuration(length)}</span>
    </li>
  );
}

function percent(share: number): string {
  const value = share * 100;
  return value < 1 ? "< 1 %" : `${Math.round(value)} %`;
}
