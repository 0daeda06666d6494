import type { ArtifactView } from "../../model/artifactView";
import type { IconName } from "../icons";

const ICONS: Partial<Record<ArtifactView, IconName>> = {
  image: "eye",
  drawing: "eye",
  audio: "play",
  video: "play",
  page: "http",
  table: "map",
  json: "item",
};

export function artifactIcon(view: ArtifactView): IconName {
  return ICONS[view] ?? "artifact";
}
