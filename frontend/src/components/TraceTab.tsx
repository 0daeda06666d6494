/**
 * The Trace tab of one execution: its outcome, the tree with its waterfall, and the selected span.
 *
 * Depends on its host for nothing but where traces come from and where the reader's place is kept.
 */

import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import type { TraceSource } from "../model/trace/source";
import type { Workflow } from "../model/trace/workflow";
import { createArtifacts } from "../state/artifacts";
import { createColumns } from "../state/columns";
import type { TracePlaces } from "../state/place";
import { browserTimer } from "../state/polling";
import { createSpanDetails } from "../state/spanDetails";
import { createTraceStore } from "../state/traceStore";
import { Header } from "./Header";
import { Notice, useNotice } from "./Notice";
import { EmptyTrace } from "./states/EmptyTrace";
import { OutOfDate, ProblemView } from "./states/ProblemView";
import { SignIn } from "./states/SignIn";
import { TabSkeleton } from "./states/Skeleton";
import { TabBody } from "./TabBody";
import type { Menu } from "./Toolbar";
import { useReadable } from "./useReadable";
import { useShortcuts } from "./useShortcuts";
import { lazyView } from "./lazyView";
import { inSheet } from "./Sheet";

const Gallery = lazyView(async () => (await import("./panel/Gallery")).Gallery, {
  around: inSheet("Artifacts of the run"),
});
const ShortcutSheet = lazyView(async () => (await import("./ShortcutSheet")).ShortcutSheet, {
  around: inSheet("Keyboard shortcuts"),
});

export interface TraceTabProps {
  readonly source: TraceSource;
  readonly executionId: string;
  readonly places: TracePlaces;
  /** Known workflows; with the execution's own among them its graph can be shown. */
  readonly workflows?: readonly Workflow[] | null;
  /**
   * Goes to the run before or after this one, of the same workflow. Resolves to words for the reader when there is
   * nowhere to go; what it throws is told with a way on.
   */
  readonly onGoToRun?: (direction: 1 | -1) => Promise<string | null>;
  /** Opens the comparison with the last good run of the same workflow; resolves as above. */
  readonly onCompare?: () => Promise<string | null>;
  /** Offered wherever the session turns out to have ended; left out, what the page around the tab offers. */
  readonly onSignIn?: () => void;
  /** Give the tree the focus as soon as there is one: for hosts where the tab is the page. */
  readonly takesFocus?: boolean;
}

/** Another execution is another tab: nothing of the one before may linger. */
export function TraceTab(props: TraceTabProps): ReactElement {
  const tab = <ExecutionTab key={props.executionId} {...props} />;
  if (props.onSignIn === undefined) return tab;
  return <SignIn value={props.onSignIn}>{tab}</SignIn>;
}

function ExecutionTab(props: TraceTabProps): ReactElement {
  const { source, executionId, places, takesFocus = false } = props;
  const store = useMemo(
    () => createTraceStore(source, executionId, places),
    [source, executionId, places],
  );
  const artifacts = useMemo(() => createArtifacts(source, executionId), [source, executionId]);
  const details = useMemo(
    () => createSpanDetails(source, executionId, browserTimer),
    [source, executionId],
  );
  const view = useReadable(store);
  const columns = useMemo(() => createColumns(), []);
  const { sort } = useReadable(columns);
  useEffect(() => store.sort(sort), [store, sort]);
  const [isShowingKeys, setIsShowingKeys] = useState(false);
  const [isShowingFiles, setIsShowingFiles] = useState(false);
  const [isPanelOpen, setIsPanelOpen] = useState(false);
  const [openMenu, setOpenMenu] = useState<Menu | null>(null);
  const { notice, say, tell, dismiss } = useNotice();
  const tree = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLElement>(null);

  useEffect(() => {
    store.start();
    const unsubscribe = places.subscribe(() => store.adopt(places.get()));
    return () => {
      unsubscribe();
      store.stop();
    };
  }, [store, places]);

  const hasRows = (view.loaded?.trace.rows.length ?? 0) > 0;
  useEffect(() => {
    const isFree = document.activeElement === null || document.activeElement === document.body;
    if (takesFocus && hasRows && isFree) tree.current?.focus({ preventScroll: true });
  }, [takesFocus, hasRows]);

  const focusTree = (): void => {
    setIsPanelOpen(false);
    tree.current?.focus({ preventScroll: true });
  };
  const workflowId = view.loaded?.trace.execution.workflowId;
  const workflow = props.workflows?.find((candidate) => candidate.workflowId === workflowId);

  /** A way out of this run: where it leads nowhere, its words are told. */
  const elsewhere = (way: Promise<string | null> | undefined): void =>
    tell(way ?? Promise.resolve("This page knows no other runs"), "list of executions");

  const press = useShortcuts({
    view,
    store,
    details,
    tree,
    search,
    panel,
    // While the list of workflows is on its way, the graph comes with it.
    hasGraph: workflow !== undefined || props.workflows === null,
    takesFocus,
    setIsPanelOpen,
    say,
    tell,
    openMenu: setOpenMenu,
    goToRun: (direction) => elsewhere(props.onGoToRun?.(direction)),
    compare: () => elsewhere(props.onCompare?.()),
    showArtifacts: () => setIsShowingFiles(true),
    showKeys: () => setIsShowingKeys(true),
  });

  const { loaded, problem } = view;
  return (
    <section className="sv-tab" aria-label="Trace" onKeyDown={press}>
      {loaded && (
        <Header
          loaded={loaded}
          workflows={props.workflows ?? null}
          isOutOfDate={problem !== null}
          onSelect={store.select}
          onShowArtifacts={() => setIsShowingFiles(true)}
          onCompare={props.onCompare && (() => elsewhere(props.onCompare?.()))}
        />
      )}
      {loaded && problem && (
        <OutOfDate problem={problem} subject="execution" onRetry={store.start} />
      )}
      {!loaded && problem && (
        <ProblemView problem={problem} subject="execution" onRetry={store.start} />
      )}
      {!loaded && !problem && <TabSkeleton />}
      {loaded && !hasRows && <EmptyTrace trace={loaded.trace} onRetry={store.start} />}
      {loaded && hasRows && (
        <TabBody
          source={source}
          executionId={executionId}
          workflow={workflow}
          onCompare={props.onCompare && (() => elsewhere(props.onCompare?.()))}
          details={details}
          view={view}
          loaded={loaded}
          store={store}
          artifacts={artifacts}
          tree={tree}
          search={search}
          panel={panel}
          isPanelOpen={isPanelOpen}
          onOpen={() => setIsPanelOpen(true)}
          columns={columns}
          openMenu={openMenu}
          onOpenMenu={setOpenMenu}
          onFocusTree={focusTree}
          onShowKeys={() => setIsShowingKeys(true)}
        />
      )}
      {isShowingFiles && loaded && (
        <Gallery
          index={loaded.index}
          artifacts={artifacts}
          onSelect={store.select}
          onClose={() => setIsShowingFiles(false)}
        />
      )}
      {isShowingKeys && <ShortcutSheet onClose={() => setIsShowingKeys(false)} />}
      <Notice notice={notice} onDismiss={dismiss} />
    </section>
  );
}
