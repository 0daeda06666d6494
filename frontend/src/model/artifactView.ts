/** How an artifact can be shown in place. */

export type ArtifactView = "image" | "text" | "json" | "table" | "page" | "none";

const MEGABYTE = 1_000_000;

/** Larger ones are for downloading: a preview must not make the tab slow. */
const MOST_BYTES: Readonly<Record<ArtifactView, number>> = {
  image: 20 * MEGABYTE,
  text: 2 * MEGABYTE,
  json: 2 * MEGABYTE,
  table: 2 * MEGABYTE,
  page: 5 * MEGABYTE,
  none: 0,
};

/** SVG counts as text: it can carry scripts, and its source says as much. */
export function artifactView(mediaType: string): ArtifactView {
  const [essence = ""] = mediaType.toLowerCase().split(";");
  const type = essence.trim();
  if (type === "image/svg+xml") return "text";
  if (type.startsWith("image/")) return "image";
  if (type === "text/html" || type === "application/xhtml+xml") return "page";
  if (type === "text/csv" || type === "text/tab-separated-values") return "table";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  if (type.startsWith("text/") || type === "application/xml" || type === "application/yaml") {
    return "text";
  }
  return "none";
}

export function mostBytes(view: ArtifactView): number {
  return MOST_BYTES[view];
}
