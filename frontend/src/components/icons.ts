/** Every icon's strokes, on a grid of 16; drawn by Icon.tsx in the colour of the text around it. */

import type { Hue } from "../model/labels/kinds";

export const ICONS = {
  // Statuses
  ok: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM5 8.2l2.1 2.1L11 6.2",
  error: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
  lost: "M8 1.5A6.5 6.5 0 1 0 14.5 8M6.2 6.3a1.9 1.9 0 1 1 2.7 1.9c-.6.3-.9.6-.9 1.3M8 11.7v.1",
  running: "M8 1.5A6.5 6.5 0 1 1 1.5 8",
  queued: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 4.5V8l2.3 1.6",
  waiting: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM6.2 5.5v5M9.8 5.5v5",
  cancelled: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM4.9 8h6.2",
  timeout: "M3.8 1.8h8.4M3.8 14.2h8.4M5 1.8v2.4L8 8l3-3.8V1.8M5 14.2v-2.4L8 8l3 3.8v2.4",
  leftEarly: "M2 8h7M6.2 5.2 9 8l-2.8 2.8M12.5 3v10",
  passedOn: "M2 8h11.5M9.7 4.2 13.5 8l-3.8 3.8",
  untraced:
    "M2 2l12 12M6.2 3.4A7 7 0 0 1 8 3.2c3.6 0 6 3.3 6.5 4.8a8.4 8.4 0 0 1-1.7 2.6M4 4.7A8.5 8.5 0 0 0 1.5 8C2 9.5 4.4 12.8 8 12.8a6.7 6.7 0 0 0 2.7-.6",
  more: "M3 8h.01M8 8h.01M13 8h.01",
  trash: "M2.5 4h11M6 4V2.2h4V4M4 4l.6 9.8h6.8L12 4M6.6 6.5v5M9.4 6.5v5",
  offline:
    "M2 2l12 12M4.7 6.2a3.3 3.3 0 0 0-.1 6.6h7.6M6.6 4.3a3.9 3.9 0 0 1 5.2 3.3 2.7 2.7 0 0 1 1.9 3.9",
  absent: "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Z",
  redacted: "M2 3.5h12M2 12.5h8M2 7h12v2H2z",
  warning: "M8 2 14.5 13.5h-13L8 2ZM8 6.5v3.2M8 11.5v.1",
  // Kinds of spans
  workflow: "M1.5 6h3.5v4H1.5zM11 2h3.5v4H11zM11 10h3.5v4H11zM5 8h3M11 4H8v8h3",
  invocation: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8l1-5.5Z",
  node: "M3.5 3h9a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Z",
  attempt: "M13.5 8A5.5 5.5 0 1 1 11.8 4M13.5 1.8v2.7h-2.7",
  map: "M8 1.8 14.2 5 8 8.2 1.8 5 8 1.8ZM1.8 8 8 11.2 14.2 8M1.8 11 8 14.2l6.2-3.2",
  item: "M5 2.5H2.5v11H5M11 2.5h2.5v11H11M8 7.9v.2",
  model:
    "M8 1.5l1.5 4.3L13.8 7.3 9.5 8.8 8 13.1 6.5 8.8 2.2 7.3l4.3-1.5L8 1.5ZM12.8 11.5v3M11.3 13h3",
  tool: "M13.8 4.6l-2.3 2.3-2.4-2.4 2.3-2.3a3.7 3.7 0 0 0-4.7 4.9l-4.5 4.5a1.4 1.4 0 0 0 2.2 2.2l4.5-4.5a3.7 3.7 0 0 0 4.9-4.7Z",
  retrieval: "M6.8 11.5a4.7 4.7 0 1 0 0-9.5 4.7 4.7 0 0 0 0 9.5ZM10.3 10.3l4 4M5 5.8h3.6M5 7.8h2.4",
  agent: "M3 6h10v7.5H3zM8 3.5V6M8 2.6v.1M6 9v1.2M10 9v1.2M1.3 9v2M14.7 9v2",
  http: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM1.7 8h12.6M8 1.5c3.5 4 3.5 9 0 13M8 1.5c-3.5 4-3.5 9 0 13",
  artifact: "M3.5 1.5h5.7l3.3 3.3v9.7h-9zM9 1.7V5h3.3",
  // Files
  image: "M2 3h12v10H2zM2 11.2l3.6-3.6 3 3 1.8-1.8L14 12M10.6 6.1v.1",
  sound:
    "M2.5 6.2h2.4l3.3-2.7v9L4.9 9.8H2.5zM10.7 6.1a2.9 2.9 0 0 1 0 3.8M12.6 4.3a5.5 5.5 0 0 1 0 7.4",
  film: "M2 3.5h12v9H2zM6.8 6.1v3.8L10 8 6.8 6.1Z",
  table: "M2 3h12v10H2zM2 6.3h12M2 9.7h12M6.4 3v10",
  page: "M5.4 4.5 2 8l3.4 3.5M10.6 4.5 14 8l-3.4 3.5M8.9 3.3 7.1 12.7",
  other: "M8 12.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z",
  // Things to press
  right: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  up: "M3.5 10 8 5.5 12.5 10",
  left: "M10 3.5 5.5 8 10 12.5",
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.7 10.7 14 14",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5 6.5 12 13 4.5",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  external: "M9.5 2.5h4v4M13.5 2.5 7.5 8.5M12 9.5v4H2.5V4h4",
  download: "M8 2v8.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  eye: "M1.5 8C2 6.5 4.4 3.2 8 3.2s6 3.3 6.5 4.8c-.5 1.5-2.9 4.8-6.5 4.8S2 9.5 1.5 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  play: "M4.5 2.5 13 8l-8.5 5.5v-11Z",
  fold: "M8 1.5v4M5.7 3.5 8 5.8l2.3-2.3M8 14.5v-4M5.7 12.5 8 10.2l2.3 2.3M2 8h12",
  unfold: "M8 6V1.7M5.7 3.9 8 1.6l2.3 2.3M8 10v4.3M5.7 12.1 8 14.4l2.3-2.3M2 8h12",
  filter: "M1.8 3h12.4L9.5 8.6v4.6l-3-1.5V8.6L1.8 3Z",
  zoomOut: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.7 10.7 14 14M4.8 7h4.4",
  columns: "M2 2.5h12v11H2zM6.2 2.5v11M10 2.5v11",
  graph: "M2 2.5h4v3.5H2zM10 6.2h4v3.5h-4zM2 10h4v3.5H2zM6 4.2h2v7.5H6M8 8h2",
  swap: "M2.5 5.5h10M9.8 2.8l2.7 2.7-2.7 2.7M13.5 10.5h-10M6.2 7.8l-2.7 2.7 2.7 2.7",
  compare: "M2 2.5h4.5v11H2zM9.5 2.5H14v11H9.5zM8 1v14",
  keyboard: "M1.5 4h13v8h-13zM4 6.7h.1M6.6 6.7h.1M9.3 6.7h.1M12 6.7h.1M5 9.5h6",
  link: "M6.7 9.3a2.8 2.8 0 0 0 4 0l2.5-2.5a2.8 2.8 0 0 0-4-4L8 4M9.3 6.7a2.8 2.8 0 0 0-4 0L2.8 9.2a2.8 2.8 0 0 0 4 4L8 12",
  lock: "M3.5 7h9v7h-9zM5.5 7V4.5a2.5 2.5 0 0 1 5 0V7",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13",
  moon: "M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3Z",
  auto: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 1.5v13M8 4.5h4.7M8 8h6.5M8 11.5h4.7",
} as const;

export type IconName = keyof typeof ICONS;

const NODE_KINDS: Readonly<Record<string, { icon: IconName; hue: Hue }>> = {
  generate: { icon: "model", hue: "model" },
  http: { icon: "http", hue: "http" },
  transform: { icon: "tool", hue: "tool" },
  template: { icon: "copy", hue: "other" },
  map: { icon: "map", hue: "structure" },
  artifact: { icon: "artifact", hue: "artifact" },
};

/** What sort of step a node of a workflow is. */
export function nodeIcon(kind: string): { readonly icon: IconName; readonly hue: Hue } {
  return NODE_KINDS[kind] ?? { icon: "other", hue: "other" };
}

/** Returns the icon of a kind of span. */
export function kindIcon(kind: string): IconName {
  return kind in ICONS ? (kind as IconName) : "other";
}
