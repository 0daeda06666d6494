import type { ArtifactView } from "../../model/text/artifactView";
import type { IconName } from "../icons";

const ICONS: Partial<Record<ArtifactView, IconName>> = {
  image: "image",
  drawing: "image",
  audio: "sound",
  video: "film",
  page: "page",
  table: "table",
  json: "item",
};

/** Returns the icon of a file, by how it can be shown. */
export function artifactIcon(view: ArtifactView): IconName {
  return ICONS[view] ?? "artifact";
}
