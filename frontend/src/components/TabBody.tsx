/** The two sides of the tab: the list with its toolbar, and what is selected in it. */

import { useMemo, useRef, useState, type ReactElement, type RefObject } from "react";
import type { AccessReader, TraceSource } from "../model/trace/source";
import type { Nanos } from "../model/time/time";
import { timeScale } from "../model/time/timeScale";
import type { Workflow } from "../model/trace/workflow";
import type { Artifacts } from "../state/artifacts";
import type { Columns } from "../state/columns";
import type { SpanDetails } from "../state/spanDetails";
import type { Store } from "../state/store";
import type { TraceStore } from "../state/traceStore";
import { selectedGroup, type LoadedTrace, type TraceView } from "../state/traceView";
import { GroupPanel } from "./GroupPanel";
import { SpanPanel } from "./panel/SpanPanel";
import { InlineProblem } from "./states/ProblemView";
import { LinesSkeleton } from "./states/Skeleton";
import { Splitter } from "./Splitter";
import { TimeStrip } from "./TimeStrip";
import { Toolbar, type Menu } from "./Toolbar";
import { TraceTree } from "./TraceTree";
import { useNow } from "./useNow";
import { useTextHits } from "./useTextHits";
import { lazyView } from "./lazyView";

const SpanAccesses = lazyView(async () => (await import("./accesses/AccessList")).AccessList, {
  fallback: () => <LinesSkeleton lines={4} />,
});
const RunGraph = lazyView(async () => (await import("./graph/RunGraph")).RunGraph);

const PANEL_WIDTHS = { least: 320, most: 1100, usual: 460 };

interface TabBodyProps {
  readonly source: TraceSource;
  readonly executionId: string;
  /** Reads who has seen a span; null for those who may not know. */
  readonly accesses: AccessReader | null;
  readonly nameOf: (spanId: string) => string | null;
  /** The execution's own, where it is known: it has a graph and names its nodes. */
  readonly workflow: Workflow | undefined;
  readonly onCompare: (() => unknown) | undefined;
  readonly artifacts: Artifacts;
  readonly details: SpanDetails;
  readonly view: TraceView;
  readonly loaded: LoadedTrace;
  readonly store: TraceStore;
  readonly tree: RefObject<HTMLDivElement | null>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly panel: RefObject<HTMLElement | null>;
  readonly isPanelOpen: boolean;
  readonly onOpen: () => void;
  readonly columns: Store<Columns>;
  readonly openMenu: Menu | null;
  readonly onOpenMenu: (menu: Menu | null) => void;
  readonly onFocusTree: () => void;
  readonly onShowKeys: () => void;
}

export function TabBody(props: TabBodyProps): ReactElement {
  const { accesses, artifacts, view, loaded, store, panel, isPanelOpen, onFocusTree, workflow } =
    props;
  const body = useRef<HTMLDivElement>(null);
  useTextHits(body, view.query);
  const [panelWidth, setPanelWidth] = useState(PANEL_WIDTHS.usual);
  const now = useNow(loaded.trace, view.problem !== null);
  const live = useMemo(() => upTo(loaded, now), [loaded, now]);
  const group = selectedGroup(view);
  const nodeNames = useMemo(() => namesOf(workflow), [workflow]);
  return (
    <div
      ref={body}
      className={`sv-body ${isPanelOpen ? "sv-panel-open" : ""}`}
      style={{ "--sv-panel-width": `${panelWidth}px` } as React.CSSProperties}
    >
      <div className="sv-left">
        <Toolbar
          view={view}
          loaded={loaded}
          store={store}
          hasGraph={workflow !== undefined}
          onCompare={props.onCompare}
          searchRef={props.search}
          columns={props.columns}
          openMenu={props.openMenu}
          onOpenMenu={props.onOpenMenu}
          onLeaveSearch={onFocusTree}
          onShowKeys={props.onShowKeys}
        />
        {view.searchProblem && (
          <InlineProblem
            what="Attributes and content were not searched."
            problem={view.searchProblem}
            subject="search"
            onRetry={store.searchAgain}
          />
        )}
        {workflow && view.isGraphShown && (
          <RunGraph workflow={workflow} view={view} loaded={live} store={store} />
        )}
        <TraceTree
          view={view}
          loaded={live}
          now={now}
          store={store}
          columns={props.columns}
          nodeNames={nodeNames}
          treeRef={props.tree}
          onOpen={props.onOpen}
        />
        <TimeStrip loaded={loaded} isPathShown={view.path !== null} store={store} />
      </div>
      <Splitter
        label="Width of the details"
        size={panelWidth}
        least={PANEL_WIDTHS.least}
        most={PANEL_WIDTHS.most}
        direction={-1}
        onResize={setPanelWidth}
      />
      {group ? (
        <GroupPanel
          group={group}
          loaded={loaded}
          store={store}
          panelRef={panel}
          onBack={onFocusTree}
        />
      ) : (
        <SpanPanel
          view={live === loaded ? view : { ...view, loaded: live }}
          details={props.details}
          addressOf={(spanId) => props.source.spanAddress?.(props.executionId, spanId) ?? null}
          panelRef={panel}
          artifacts={artifacts}
          seenBy={
            accesses &&
            ((spanId) => (
              <SpanAccesses
                key={spanId}
                reader={accesses}
                executionId={props.executionId}
                spanId={spanId}
                nameOf={props.nameOf}
              />
            ))
          }
          permalink={store.permalink}
          onBack={onFocusTree}
          onSelect={store.select}
        />
      )}
    </div>
  );
}

function namesOf(workflow: Workflow | undefined): ReadonlyMap<string, string> {
  return new Map(workflow?.nodes.map(({ id, name }) => [id, name]));
}

/** Extends the time axis of a running trace to a later moment. */
function upTo(loaded: LoadedTrace, now: Nanos): LoadedTrace {
  if (now === loaded.trace.servedAt) return loaded;
  const trace = { ...loaded.trace, servedAt: now };
  return { ...loaded, trace, scale: timeScale(trace) };
}
