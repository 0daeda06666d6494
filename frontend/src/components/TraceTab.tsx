/**
 * The Trace tab of one execution: its outcome, the tree with its waterfall, and the selected span.
 *
 * The host gives it a source of traces and a store for the view state; it needs nothing else.
 */

import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { isPassing, needsSignIn } from "../model/problem";
import type { TraceSource } from "../model/trace/source";
import type { Workflow } from "../model/trace/workflow";
import { createArtifacts } from "../state/artifacts";
import { createColumns } from "../state/columns";
import type { ViewStateStore } from "../state/viewState";
import { browserTimer } from "../state/polling";
import { createSpanDetails } from "../state/spanDetails";
import { createTraceStore } from "../state/traceStore";
import { SeenBy, useAccesses } from "./accesses/SeenBy";
import { Header } from "./Header";
import { ManageMenu } from "./ManageMenu";
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

interface TabProps {
  readonly source: TraceSource;
  readonly executionId: string;
  readonly viewStore: ViewStateStore;
  /** The workflows that the host knows; the tab can show the graph of the execution's workflow if it is among them. */
  readonly workflows?: readonly Workflow[] | null;
  /**
   * Goes to the previous (-1) or next (1) run of the same workflow. Resolves to null, or to a message for the reader
   * when there is none; the tab shows an error that it throws, with an action.
   */
  readonly onGoToRun?: (direction: 1 | -1) => Promise<string | null>;
  /** Opens the comparison with the last good run of the same workflow; resolves as above. */
  readonly onCompare?: () => Promise<string | null>;
  /** Called when the reader wants to sign in again; the tab offers it when the session has ended. */
  readonly onSignIn?: () => void;
  /** Moves the focus to the tree when it appears: for hosts where the tab is the whole page. */
  readonly takesFocus?: boolean;
}

export type TraceTabProps =
  | TabProps
  | (Omit<TabProps, "viewStore"> & {
      /** @deprecated Its name is now `viewStore`; this one goes with the next release. */
      readonly places: ViewStateStore;
    });

/** Shows the trace of an execution. Another execution id mounts a new tab, so that no state is carried over. */
export function TraceTab(props: TraceTabProps): ReactElement {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- hosts may give it for one more release
  const viewStore = "viewStore" in props ? props.viewStore : props.places;
  const tab = <ExecutionTab key={props.executionId} {...props} viewStore={viewStore} />;
  if (props.onSignIn === undefined) return tab;
  return <SignIn value={props.onSignIn}>{tab}</SignIn>;
}

function ExecutionTab(props: TabProps): ReactElement {
  const { source, executionId, viewStore, takesFocus = false } = props;
  const store = useMemo(
    () => createTraceStore(source, executionId, viewStore),
    [source, executionId, viewStore],
  );
  const artifacts = useMemo(() => createArtifacts(source, executionId), [source, executionId]);
  const details = useMemo(
    () => createSpanDetails(source, executionId, browserTimer),
    [source, executionId],
  );
  const view = useReadable(store);
  const accesses = useAccesses(source.accesses);
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
    const unsubscribe = viewStore.subscribe(() => store.adopt(viewStore.get()));
    return () => {
      unsubscribe();
      store.stop();
    };
  }, [store, viewStore]);

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

  /** Shows the message that the host's action resolves to. */
  const showAnswerOf = (action: Promise<string | null> | undefined): void =>
    tell(action ?? Promise.resolve("This page knows no other runs"), "list of executions");

  const press = useShortcuts({
    view,
    store,
    details,
    tree,
    search,
    panel,
    // While the workflows are loading it is not known whether there is a graph.
    hasGraph: workflow !== undefined || props.workflows === null,
    takesFocus,
    setIsPanelOpen,
    say,
    tell,
    openMenu: setOpenMenu,
    goToRun: (direction) => showAnswerOf(props.onGoToRun?.(direction)),
    compare: () => showAnswerOf(props.onCompare?.()),
    showArtifacts: () => setIsShowingFiles(true),
    showKeys: () => setIsShowingKeys(true),
  });

  const { loaded, problem } = view;
  const nameOf = (spanId: string): string | null => {
    const position = loaded?.index.positionOf.get(spanId);
    return position === undefined ? null : (loaded?.index.rows[position]?.name ?? null);
  };
  return (
    <section className="sv-tab" aria-label="Trace" onKeyDown={press}>
      {loaded && (
        <Header
          loaded={loaded}
          workflows={props.workflows ?? null}
          isOutOfDate={problem !== null}
          onSelect={store.select}
          onShowArtifacts={() => setIsShowingFiles(true)}
          onCompare={props.onCompare && (() => showAnswerOf(props.onCompare?.()))}
          menu={
            <>
              {accesses && <SeenBy reader={accesses} executionId={executionId} nameOf={nameOf} />}
              {source.manager && (
                <ManageMenu
                  manager={source.manager}
                  execution={loaded.trace.execution}
                  onChanged={(words) => {
                    say(words);
                    store.start();
                  }}
                />
              )}
            </>
          }
        />
      )}
      {loaded && problem && (
        <OutOfDate problem={problem} subject="execution" onRetry={store.start} />
      )}
      {!loaded && problem && (
        <ProblemView problem={problem} subject="execution" onRetry={store.start}>
          {accesses && !isPassing(problem) && !needsSignIn(problem) && (
            <SeenBy reader={accesses} executionId={executionId} nameOf={nameOf} />
          )}
        </ProblemView>
      )}
      {!loaded && !problem && <TabSkeleton />}
      {loaded && !hasRows && <EmptyTrace trace={loaded.trace} onRetry={store.start} />}
      {loaded && hasRows && (
        <TabBody
          source={source}
          executionId={executionId}
          accesses={accesses}
          nameOf={nameOf}
          workflow={workflow}
          onCompare={props.onCompare && (() => showAnswerOf(props.onCompare?.()))}
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
