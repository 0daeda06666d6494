import { memo, type KeyboardEvent, type ReactElement, type RefObject } from "react";
import { SHOWN, type Shown } from "../model/list/filter";
import { exactCount, plural } from "../model/labels/format";
import type { TraceStore } from "../state/traceStore";
import { hitNumber } from "../state/traceMoves";
import type { LoadedTrace, TraceView } from "../state/traceView";
import type { Columns } from "../state/columns";
import type { Store } from "../state/store";
import { ColumnsMenu } from "./ColumnsMenu";
import { FilterMenu } from "./FilterMenu";
import { Icon } from "./Icon";

/** What is open under the toolbar. */
export type Menu = "filter" | "columns";

interface ToolbarProps {
  readonly view: TraceView;
  readonly loaded: LoadedTrace;
  readonly store: TraceStore;
  readonly hasGraph: boolean;
  readonly onCompare: (() => unknown) | undefined;
  readonly columns: Store<Columns>;
  readonly openMenu: Menu | null;
  readonly onOpenMenu: (menu: Menu | null) => void;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly onLeaveSearch: () => void;
  readonly onShowKeys: () => void;
}

const SHOWN_LABELS: Readonly<Record<Shown, string>> = {
  all: "All",
  errors: "Errors",
  model: "Model",
  tools: "Tools",
};

export const Toolbar = memo(function Toolbar(props: ToolbarProps): ReactElement {
  const { view, loaded, store, onShowKeys } = props;
  return (
    <div className="sv-toolbar">
      <Search {...props} />
      <FilterMenu
        view={view}
        loaded={loaded}
        store={store}
        isOpen={props.openMenu === "filter"}
        onOpenChange={(isOpen) => props.onOpenMenu(isOpen ? "filter" : null)}
      />
      <NextFailure view={view} store={store} />
      <div className="sv-segments" role="group" aria-label="Which spans are shown">
        {SHOWN.map((shown) => (
          <button
            key={shown}
            type="button"
            aria-pressed={view.filter.shown === shown}
            onClick={() => store.filter({ shown })}
          >
            {SHOWN_LABELS[shown]}
          </button>
        ))}
      </div>
      <span className="sv-toolbar-gap" />
      {props.onCompare && (
        <IconAction
          name="compare"
          label="Compare with the last good run (d)"
          isMinor
          onPress={() => props.onCompare?.()}
        />
      )}
      {props.hasGraph && (
        <button
          type="button"
          className="sv-toggle"
          aria-pressed={view.isGraphShown}
          onClick={store.toggleGraph}
          title="Graph of the workflow (g)"
        >
          <Icon name="graph" /> <span className="sv-toggle-word">Graph</span>
        </button>
      )}
      {view.zoom !== null && (
        <IconAction
          name="zoomOut"
          label="Show the whole run (0)"
          onPress={() => store.zoom(null)}
        />
      )}
      <ColumnsMenu
        columns={props.columns}
        isOpen={props.openMenu === "columns"}
        onOpenChange={(isOpen) => props.onOpenMenu(isOpen ? "columns" : null)}
      />
      <IconAction name="fold" label="Fold all" onPress={store.foldAll} />
      <IconAction name="unfold" label="Unfold all" onPress={store.unfoldAll} />
      <IconAction name="keyboard" label="Keyboard shortcuts (?)" isMinor onPress={onShowKeys} />
    </div>
  );
});

function Search({ view, store, searchRef, onLeaveSearch }: ToolbarProps): ReactElement {
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter") {
      event.preventDefault();
      store.nextHit(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (view.query !== "") store.search("");
      else onLeaveSearch();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      onLeaveSearch();
    }
  };
  const found = view.hits.length;
  const current = hitNumber(view);
  return (
    <div className="sv-search">
      <Icon name="search" />
      <input
        ref={searchRef}
        type="search"
        placeholder="Search names, errors, content"
        aria-label="Search spans by name, node, model, error, attributes and content"
        value={view.query}
        onChange={(event) => store.search(event.target.value)}
        onKeyDown={press}
        spellCheck={false}
        autoComplete="off"
      />
      {view.query === "" ? (
        <kbd>/</kbd>
      ) : (
        <>
          <output className={found === 0 ? "sv-none" : ""} title={searchedIn(view)}>
            {found === 0 ? "none" : `${current === 0 ? "–" : current}/${found}`}
          </output>
          <IconAction name="up" label="Previous hit (N)" onPress={() => store.nextHit(-1)} />
          <IconAction name="down" label="Next hit (n)" onPress={() => store.nextHit(1)} />
        </>
      )}
    </div>
  );
}

/** What the number beside the search stands for. */
function searchedIn({ found, query }: TraceView): string {
  if (found?.query !== query) return "Found in names, nodes, models, errors and previews";
  const what = found.contentAccess === "granted" ? "attributes and content" : "attributes";
  const all = found.isComplete ? "all" : "the first";
  return `Found in names, errors and ${all} ${what}`;
}

interface NextFailureProps {
  readonly view: TraceView;
  readonly store: TraceStore;
}

function NextFailure({ view, store }: NextFailureProps): ReactElement | null {
  const errors = view.loaded?.trace.execution.counters.errors ?? 0;
  const causes = view.loaded?.index.causes.length ?? 0;
  if (errors === 0) return null;
  return (
    <button
      type="button"
      className="sv-failures"
      onClick={() => store.nextFailure(1)}
      title={`${plural(errors, "span")} failed; to the next of the ${exactCount(causes)} where an error began (e)`}
    >
      <Icon name="error" /> {exactCount(errors)}
      <span className="sv-visually-hidden">
        {errors === 1 ? "span" : "spans"} failed: go to the next
      </span>
    </button>
  );
}

interface IconActionProps {
  readonly name: Parameters<typeof Icon>[0]["name"];
  readonly label: string;
  /** Left out where there is little room. */
  readonly isMinor?: boolean;
  readonly onPress: () => void;
}

function IconAction({ name, label, isMinor = false, onPress }: IconActionProps): ReactElement {
  return (
    <button
      type="button"
      className={`sv-icon-button ${isMinor ? "sv-action-minor" : ""}`}
      onClick={onPress}
      title={label}
      aria-label={label}
    >
      <Icon name={name} />
    </button>
  );
}
