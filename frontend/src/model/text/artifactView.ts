/** Decides how an artifact is previewed. */

export type ArtifactView =
  | "image"
  | "drawing"
  | "text"
  | "markdown"
  | "json"
  | "table"
  | "page"
  | "pdf"
  | "audio"
  | "video"
  | "none";

const MEGABYTE = 1_000_000;

/** The largest file of each view; larger ones can only be downloaded, since a preview would make the tab slow. */
const MOST_BYTES: Readonly<Record<ArtifactView, number>> = {
  image: 20 * MEGABYTE,
  drawing: 5 * MEGABYTE,
  text: 10 * MEGABYTE,
  markdown: 2 * MEGABYTE,
  json: 10 * MEGABYTE,
  table: 20 * MEGABYTE,
  page: 5 * MEGABYTE,
  pdf: 50 * MEGABYTE,
  audio: 50 * MEGABYTE,
  video: 50 * MEGABYTE,
  none: 0,
};

const VIEWS: Readonly<Record<string, ArtifactView>> = {
  "image/svg+xml": "drawing",
  "text/html": "page",
  "application/xhtml+xml": "page",
  "text/csv": "table",
  "text/tab-separated-values": "table",
  "text/markdown": "markdown",
  "application/json": "json",
  "application/pdf": "pdf",
  "application/xml": "text",
  "application/yaml": "text",
};

/** Types by the ending of the name, for files whose stored type says nothing. */
const TYPE_OF_END: Readonly<Record<string, string>> = {
  csv: "text/csv",
  gif: "image/gif",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  log: "text/plain",
  md: "text/markdown",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  tsv: "text/tab-separated-values",
  txt: "text/plain",
  wav: "audio/wav",
  webp: "image/webp",
  xml: "application/xml",
  yaml: "application/yaml",
  yml: "application/yaml",
};

const UNKNOWN = "application/octet-stream";

/** The type that the store has for a file, as it is written wherever the file is named. */
export function essenceOf(mediaType: string): string {
  const [essence = ""] = mediaType.toLowerCase().split(";");
  return essence.trim() || UNKNOWN;
}

/** The type to draw the bytes as. Every view is safe with bytes that lie about it. */
export function drawnType(mediaType: string, name: string): string {
  const type = essenceOf(mediaType);
  if (type !== UNKNOWN) return type;
  return TYPE_OF_END[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ""] ?? UNKNOWN;
}

/** Returns how a file can be shown, by its media type or else its name. */
export function artifactView(mediaType: string, name = ""): ArtifactView {
  const type = drawnType(mediaType, name);
  const known = VIEWS[type];
  if (known) return known;
  if (type.endsWith("+json")) return "json";
  const [family] = type.split("/");
  if (family === "image" || family === "audio" || family === "video" || family === "text") {
    return family;
  }
  return "none";
}

/** Returns the size in bytes up to which a view is offered. */
export function mostBytes(view: ArtifactView): number {
  return MOST_BYTES[view];
}
