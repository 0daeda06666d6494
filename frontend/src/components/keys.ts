/** Which key does what in the tab; the sheet behind `?` is written from the same list. */

import type { TraceStore } from "../state/traceStore";

interface KeyHost {
  readonly store: TraceStore;
  readonly focusSearch: () => void;
  readonly openDetails: () => void;
  readonly openFilter: () => void;
  readonly openColumns: () => void;
  /** To the run before (-1) or after (1) this one, where the host knows it. */
  readonly goToRun: (direction: 1 | -1) => void;
  readonly compare: () => void;
  readonly copyPermalink: () => void;
  readonly copyPrompt: () => void;
  readonly showArtifacts: () => void;
  readonly showKeys: () => void;
  readonly showGraph: () => void;
  readonly follow: () => void;
  readonly nextFailure: (direction: 1 | -1) => void;
  readonly nextHit: (direction: 1 | -1) => void;
}

export const SHORTCUT_GROUPS = ["Move", "Find", "Time", "Show", "Other runs", "Copy"] as const;
type ShortcutGroup = (typeof SHORTCUT_GROUPS)[number];

interface Shortcut {
  readonly keys: readonly string[];
  readonly what: string;
  readonly group: ShortcutGroup;
  /** Only while the tree has the focus: elsewhere these keys have a meaning of their own. */
  readonly inTree?: boolean;
  /** What it does is seen in the list: where the details lie over it, they make room. */
  readonly onList?: boolean;
  readonly run: (host: KeyHost) => void;
}

const PAGE = 15;

const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["j"], what: "Next span", group: "Move", run: ({ store }) => store.moveBy(1) },
  { keys: ["k"], what: "Previous span", group: "Move", run: ({ store }) => store.moveBy(-1) },
  {
    keys: ["ArrowDown"],
    what: "Next span",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveBy(1),
  },
  {
    keys: ["ArrowUp"],
    what: "Previous span",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveBy(-1),
  },
  {
    keys: ["ArrowLeft"],
    what: "Fold, or go to the parent",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveOut(),
  },
  {
    keys: ["ArrowRight"],
    what: "Unfold, or go to the first child",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveIn(),
  },
  {
    keys: ["PageDown"],
    what: "A page down",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveBy(PAGE),
  },
  {
    keys: ["PageUp"],
    what: "A page up",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveBy(-PAGE),
  },
  {
    keys: ["Home"],
    what: "First span",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveBy(-Infinity),
  },
  {
    keys: ["End"],
    what: "Last span",
    group: "Move",
    inTree: true,
    run: ({ store }) => store.moveBy(Infinity),
  },
  {
    keys: ["Enter"],
    what: "Open the details",
    group: "Move",
    inTree: true,
    run: (host) => host.openDetails(),
  },
  { keys: ["e"], what: "Next error", group: "Find", run: (host) => host.nextFailure(1) },
  { keys: ["E"], what: "Previous error", group: "Find", run: (host) => host.nextFailure(-1) },
  { keys: ["/"], what: "Search", group: "Find", onList: true, run: (host) => host.focusSearch() },
  { keys: ["n"], what: "Next hit", group: "Find", run: (host) => host.nextHit(1) },
  { keys: ["N"], what: "Previous hit", group: "Find", run: (host) => host.nextHit(-1) },
  {
    keys: ["z"],
    what: "Zoom to the span",
    group: "Time",
    onList: true,
    run: ({ store }) => store.zoomToSelection(),
  },
  {
    keys: ["0"],
    what: "The whole run",
    group: "Time",
    onList: true,
    run: ({ store }) => store.zoom(null),
  },
  {
    keys: ["+", "="],
    what: "Zoom in",
    group: "Time",
    onList: true,
    run: ({ store }) => store.zoomBy(1 / 1.6),
  },
  {
    keys: ["-"],
    what: "Zoom out",
    group: "Time",
    onList: true,
    run: ({ store }) => store.zoomBy(1.6),
  },
  {
    keys: ["Shift+ArrowRight"],
    what: "Later",
    group: "Time",
    onList: true,
    run: ({ store }) => store.panBy(0.2),
  },
  {
    keys: ["Shift+ArrowLeft"],
    what: "Earlier",
    group: "Time",
    onList: true,
    run: ({ store }) => store.panBy(-0.2),
  },
  {
    keys: ["c"],
    what: "Critical path",
    group: "Show",
    onList: true,
    run: ({ store }) => store.togglePath(),
  },
  {
    keys: ["g"],
    what: "Graph of the workflow",
    group: "Show",
    onList: true,
    run: (host) => host.showGraph(),
  },
  { keys: ["["], what: "Previous run", group: "Other runs", run: (host) => host.goToRun(-1) },
  { keys: ["]"], what: "Next run", group: "Other runs", run: (host) => host.goToRun(1) },
  {
    keys: ["d"],
    what: "Compare with the last good run",
    group: "Other runs",
    run: (host) => host.compare(),
  },
  { keys: ["f"], what: "Filter", group: "Find", onList: true, run: (host) => host.openFilter() },
  {
    keys: ["v"],
    what: "Columns and order",
    group: "Show",
    onList: true,
    run: (host) => host.openColumns(),
  },
  {
    keys: ["x"],
    what: "Fold all",
    group: "Show",
    onList: true,
    run: ({ store }) => store.foldAll(),
  },
  {
    keys: ["X"],
    what: "Unfold all",
    group: "Show",
    onList: true,
    run: ({ store }) => store.unfoldAll(),
  },
  {
    keys: ["l"],
    what: "Follow the newest span again",
    group: "Move",
    run: (host) => host.follow(),
  },
  {
    keys: ["y"],
    what: "Copy a link to this span",
    group: "Copy",
    run: (host) => host.copyPermalink(),
  },
  {
    keys: ["p"],
    what: "Copy the prompt of a model call",
    group: "Copy",
    run: (host) => host.copyPrompt(),
  },
  { keys: ["a"], what: "Artifacts of the run", group: "Show", run: (host) => host.showArtifacts() },
  { keys: ["?"], what: "This list", group: "Show", run: (host) => host.showKeys() },
];

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageDown: "PgDn",
  PageUp: "PgUp",
  "Shift+ArrowLeft": "⇧ ←",
  "Shift+ArrowRight": "⇧ →",
};

interface ShortcutLine {
  readonly what: string;
  /** As they are written on keyboards. */
  readonly keys: readonly string[];
}

/** The sheet's lines: what can be done, with every key that does it. */
export function shortcutLines(wanted: ShortcutGroup): readonly ShortcutLine[] {
  const lines = new Map<string, string[]>();
  for (const { what, keys, group } of SHORTCUTS) {
    if (group !== wanted) continue;
    const names = keys.map((key) => KEY_NAMES[key] ?? key);
    lines.set(what, [...(lines.get(what) ?? []), ...names]);
  }
  return [...lines].map(([what, keys]) => ({ what, keys }));
}

interface Press {
  /** As the browser names it; with shift, an arrow is `Shift+ArrowLeft`. */
  readonly key: string;
  readonly isInTree: boolean;
  readonly isInField: boolean;
  readonly hasModifier: boolean;
}

/**
 * Whether letters go into what has the focus. A press that only turns a box on or off is no typing, but keys
 * within an open dialog are the dialog's.
 */
export const TYPED_INTO = "input, textarea, select, dialog, dialog *, [contenteditable]";

/** The shortcut of a key press, if it is ours to take. */
export function shortcutFor(press: Press): Shortcut | null {
  if (press.hasModifier || press.isInField) return null;
  const found = SHORTCUTS.find((shortcut) => shortcut.keys.includes(press.key));
  if (!found || (found.inTree && !press.isInTree)) return null;
  return found;
}
