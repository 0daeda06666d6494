/** Key presses anywhere in the tab, and where the tab is the page, those that nothing else has the focus for. */

import { useEffect, useRef, type RefObject } from "react";
import { flushSync } from "react-dom";
import { isUnfinished } from "../model/trace/execution";
import { promptOfSelection } from "../state/prompt";
import type { SpanDetails } from "../state/spanDetails";
import type { TraceStore } from "../state/traceStore";
import type { TraceView } from "../state/traceView";
import { shortcutFor, TYPED_INTO } from "./keys";
import type { Menu } from "./Toolbar";

interface ShortcutHost {
  readonly view: TraceView;
  readonly store: TraceStore;
  readonly details: SpanDetails;
  readonly tree: RefObject<HTMLDivElement | null>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly panel: RefObject<HTMLElement | null>;
  readonly hasGraph: boolean;
  /** The tab is the page: it takes keys that are pressed while nothing has the focus. */
  readonly takesFocus: boolean;
  readonly setIsPanelOpen: (isOpen: boolean) => void;
  readonly say: (words: string) => void;
  readonly tell: (outcome: Promise<string | null>, subject: string) => void;
  readonly openMenu: (menu: Menu) => void;
  readonly goToRun: (direction: 1 | -1) => void;
  readonly compare: () => void;
  readonly showArtifacts: () => void;
  readonly showKeys: () => void;
}

/** What React's events and the browser's own have in common. */
type KeyPress = Pick<
  globalThis.KeyboardEvent,
  | "key"
  | "target"
  | "shiftKey"
  | "ctrlKey"
  | "metaKey"
  | "altKey"
  | "getModifierState"
  | "preventDefault"
>;

/** Returns the key handler of the tab. */
export function useShortcuts(host: ShortcutHost): (event: KeyPress) => void {
  const { view, store, tree, search, panel, say } = host;

  const press = (event: KeyPress): void => {
    const target = event.target as HTMLElement;
    if (event.key === "Escape" && panel.current?.contains(target)) {
      leavePanel();
      return;
    }
    const shortcut = shortcutFor({
      key: event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key,
      isInTree: target === tree.current,
      isInField: target.matches(TYPED_INTO),
      hasModifier: hasModifier(event),
    });
    if (!shortcut) return;
    event.preventDefault();
    if (shortcut.onList) uncoverList(target);
    shortcut.run({
      store,
      focusSearch: () => {
        search.current?.focus();
        search.current?.select();
      },
      openDetails: () => {
        // The panel can take the focus only once it is seen.
        flushSync(() => host.setIsPanelOpen(true));
        panel.current?.focus({ preventScroll: true });
      },
      openFilter: () => host.openMenu("filter"),
      openColumns: () => host.openMenu("columns"),
      goToRun: host.goToRun,
      compare: host.compare,
      copyPermalink: () => host.tell(copied(store.permalink(), "a link to this span"), "link"),
      copyPrompt: () => host.tell(copyPrompt(view, host.details), "span"),
      showArtifacts: host.showArtifacts,
      showKeys: host.showKeys,
      showGraph: () => {
        if (host.hasGraph) store.toggleGraph();
        else say("The graph of this workflow is not known here");
      },
      follow: () => {
        const execution = view.loaded?.trace.execution;
        if (execution && isUnfinished(execution)) store.follow();
        else say("The run has ended: nothing new comes");
      },
      nextFailure: (direction) => {
        if (view.loaded?.index.causes.length === 0) say("Nothing failed in this run");
        else store.nextFailure(direction);
      },
      nextHit: (direction) => {
        if (view.query === "") say("Nothing is searched for: press /");
        else store.nextHit(direction);
      },
    });
  };

  const leavePanel = (): void => {
    host.setIsPanelOpen(false);
    tree.current?.focus({ preventScroll: true });
  };

  /** Where the panel lies over the list, it goes away; the focus that was in it goes to the list. */
  const uncoverList = (target: HTMLElement): void => {
    const wasInside = panel.current?.contains(target) ?? false;
    flushSync(() => host.setIsPanelOpen(false));
    const isHidden = panel.current?.getClientRects().length === 0;
    if (wasInside && isHidden) tree.current?.focus({ preventScroll: true });
  };

  const latest = useRef(press);
  useEffect(() => {
    latest.current = press;
  });
  const { takesFocus } = host;
  useEffect(() => {
    if (!takesFocus) return undefined;
    const pressOnPage = (event: globalThis.KeyboardEvent): void => {
      const isFree =
        event.target === document.body && document.querySelector("dialog[open]") === null;
      if (isFree && !event.defaultPrevented) latest.current(event);
    };
    document.addEventListener("keydown", pressOnPage);
    return () => document.removeEventListener("keydown", pressOnPage);
  }, [takesFocus]);

  return press;
}

/** AltGr is how many keyboards write `[`, `]` and `/`; to the browser it is Ctrl with Alt. */
function hasModifier(event: KeyPress): boolean {
  if (event.getModifierState("AltGraph")) return false;
  return event.ctrlKey || event.metaKey || event.altKey;
}

async function copyPrompt(view: TraceView, details: SpanDetails): Promise<string> {
  const found = await promptOfSelection(view, details);
  return "none" in found ? found.none : copied(found.text, "the prompt");
}

function copied(text: string, what: string): Promise<string> {
  return navigator.clipboard.writeText(text).then(
    () => `Copied ${what}`,
    () => "The browser did not allow copying",
  );
}
