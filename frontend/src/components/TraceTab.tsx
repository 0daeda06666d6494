/**
 * The Trace tab of one execution: verdict, tree with waterfall, and the selected span.
 *
 * Depends on its host for nothing but where traces come from and where the reader's place is kept.
 */

import {
  lazy,
  Suspense,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
} from "react";
import type { TraceSource } from "../model/source";
import type { TracePlaces } from "../state/place";
import type { Nanos } from "../model/time";
import { timeScale } from "../model/timeScale";
import type { Workflow } from "../model/workflow";
import { createArtifacts, type Artifacts } from "../state/artifacts";
import { createColumns, type Columns } from "../state/columns";
import type { Store } from "../state/store";
import { createTraceStore, type TraceStore } from "../state/traceStore";
import { selectedGroup, type LoadedTrace, type TraceView } from "../state/traceView";
import { GroupPanel } from "./GroupPanel";
import { Header } from "./Header";
import { shortcutFor } from "./keys";
import { Minimap } from "./Minimap";
import { SpanPanel } from "./panel/SpanPanel";
import { Splitter } from "./Splitter";
import { EmptyTrace } from "./states/EmptyTrace";
import { OutOfDate, ProblemView } from "./states/ProblemView";
import { TabSkeleton } from "./states/Skeleton";
import { TimeStrip } from "./TimeStrip";
import { Toolbar, type Menu } from "./Toolbar";
import { TraceTree } from "./TraceTree";
import { useNow } from "./useNow";
import { useReadable } from "./useReadable";
import { useTextHits } from "./useTextHits";

const Gallery = lazy(async () => {
  const { Gallery: View } = await import("./panel/Gallery");
  return { default: View };
});
const ShortcutSheet = lazy(async () => {
  const { ShortcutSheet: Sheet } = await import("./ShortcutSheet");
  return { default: Sheet };
});

const RunGraph = lazy(async () => {
  const { RunGraph: Graph } = await import("./graph/RunGraph");
  return { default: Graph };
});

export interface TraceTabProps {
  readonly source: TraceSource;
  readonly executionId: string;
  readonly places: TracePlaces;
  /** Known workflows; with the execution's own among them its graph can be shown. */
  readonly workflows?: readonly Workflow[] | null;
  /**
   * Goes to the run before or after this one, of the same workflow. Resolves to words for the reader when there is
   * nowhere to go.
   */
  readonly onGoToRun?: (direction: 1 | -1) => Promise<string | null>;
  /** Opens the comparison with the last good run of the same workflow; resolves as above. */
  readonly onCompare?: () => Promise<string | null>;
  /** Offered when the session has ended. */
  readonly onSignIn?: () => void;
  /** Give the tree the focus as soon as there is one: for hosts where the tab is the page. */
  readonly takesFocus?: boolean;
}

/** Another execution is another tab: nothing of the one before may linger. */
export function TraceTab(props: TraceTabProps): ReactElement {
  return <ExecutionTab key={props.executionId} {...props} />;
}

const PANEL_WIDTHS = { least: 320, most: 1100, usual: 460 };

function ExecutionTab(props: TraceTabProps): ReactElement {
  const { source, executionId, places, onSignIn, takesFocus } = props;
  const store = useMemo(
    () => createTraceStore(source, executionId, places),
    [source, executionId, places],
  );
  const artifacts = useMemo(() => createArtifacts(source, executionId), [source, executionId]);
  const view = useReadable(store);
  const columns = useMemo(() => createColumns(), []);
  const { sort } = useReadable(columns);
  useEffect(() => store.sort(sort), [store, sort]);
  const [isShowingKeys, setIsShowingKeys] = useState(false);
  const [isShowingFiles, setIsShowingFiles] = useState(false);
  const [isPanelOpen, setIsPanelOpen] = useState(false);
  const [openMenu, setOpenMenu] = useState<Menu | null>(null);
  const [notice, setNotice] = useState("");
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

  useEffect(() => {
    if (notice === "") return undefined;
    const handle = setTimeout(() => setNotice(""), 2_000);
    return () => clearTimeout(handle);
  }, [notice]);

  const focusTree = (): void => {
    setIsPanelOpen(false);
    tree.current?.focus({ preventScroll: true });
  };

  /** A way out of this run: where it leads nowhere, its words are told. */
  const elsewhere = (way: Promise<string | null> | undefined): void => {
    void (way ?? Promise.resolve("This page knows no other runs")).then((words) =>
      setNotice(words ?? ""),
    );
  };

  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const target = event.target as HTMLElement;
    if (event.key === "Escape" && panel.current?.contains(target)) {
      focusTree();
      return;
    }
    const isShiftedArrow = event.shiftKey && event.key.startsWith("Arrow");
    const shortcut = shortcutFor({
      key: isShiftedArrow ? `Shift+${event.key}` : event.key,
      isInTree: target === tree.current,
      isInField: target.matches("input, textarea, select, dialog *"),
      hasModifier: event.ctrlKey || event.metaKey || event.altKey,
    });
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run({
      store,
      focusSearch: () => search.current?.select(),
      openDetails: () => {
        setIsPanelOpen(true);
        panel.current?.focus({ preventScroll: true });
      },
      openFilter: () => setOpenMenu("filter"),
      openColumns: () => setOpenMenu("columns"),
      goToRun: (direction) => elsewhere(props.onGoToRun?.(direction)),
      compare: () => elsewhere(props.onCompare?.()),
      copyPermalink: () => {
        navigator.clipboard.writeText(store.permalink()).then(
          () => setNotice("Copied a link to this span"),
          () => setNotice("The browser did not allow copying"),
        );
      },
      copyPrompt: () => {
        const button = panel.current?.querySelector<HTMLElement>(".sv-prompt-copy button");
        button?.click();
        setNotice(button ? "Copied the prompt" : "This span has no prompt");
      },
      showArtifacts: () => setIsShowingFiles(true),
      showKeys: () => setIsShowingKeys(true),
    });
  };

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
        <OutOfDate problem={problem} onRetry={store.start} onSignIn={onSignIn} />
      )}
      {!loaded && problem && (
        <ProblemView
          problem={problem}
          subject="execution"
          onRetry={store.start}
          onSignIn={onSignIn}
        />
      )}
      {!loaded && !problem && <TabSkeleton />}
      {loaded && !hasRows && <EmptyTrace trace={loaded.trace} onRetry={store.start} />}
      {loaded && hasRows && (
        <Body
          {...props}
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
        <Suspense>
          <Gallery
            index={loaded.index}
            artifacts={artifacts}
            onSelect={store.select}
            onClose={() => setIsShowingFiles(false)}
          />
        </Suspense>
      )}
      {isShowingKeys && (
        <Suspense>
          <ShortcutSheet onClose={() => setIsShowingKeys(false)} />
        </Suspense>
      )}
      <output className="sv-notice" aria-live="polite">
        {notice}
      </output>
    </section>
  );
}

interface BodyProps extends TraceTabProps {
  readonly artifacts: Artifacts;
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

function Body(props: BodyProps): ReactElement {
  const { artifacts, view, loaded, store, panel, isPanelOpen, onFocusTree } = props;
  const body = useRef<HTMLDivElement>(null);
  useTextHits(body, view.query);
  const [panelWidth, setPanelWidth] = useState(PANEL_WIDTHS.usual);
  const now = useNow(loaded.trace, view.problem !== null);
  const live = useMemo(() => upTo(loaded, now), [loaded, now]);
  const group = selectedGroup(view);
  const { workflowId } = loaded.trace.execution;
  const workflow = props.workflows?.find((candidate) => candidate.workflowId === workflowId);
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
        {workflow && view.isGraphShown && (
          <Suspense>
            <RunGraph workflow={workflow} view={view} loaded={live} store={store} />
          </Suspense>
        )}
        <Minimap loaded={live} zoom={view.zoom} store={store} />
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
          source={props.source}
          executionId={props.executionId}
          panelRef={panel}
          artifacts={artifacts}
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

/** The trace as it looks at a later moment: the axis reaches as far as what runs. */
function upTo(loaded: LoadedTrace, now: Nanos): LoadedTrace {
  if (now === loaded.trace.servedAt) return loaded;
  const trace = { ...loaded.trace, servedAt: now };
  return { ...loaded, trace, scale: timeScale(trace) };
}
