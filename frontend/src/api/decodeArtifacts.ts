import type { ArtifactItem } from "../model/trace/source";
import { Fields } from "./fields";
import type { WireArtifact, WireArtifacts } from "./wire";

/** Decodes the list of an execution's files. */
export function decodeArtifacts(value: unknown): readonly ArtifactItem[] {
  return Fields.of<WireArtifacts>(value, () => "").list("items", (item, path) => {
    const fields = Fields.of<WireArtifact>(item, path);
    return {
      artifactId: fields.text("artifact_id"),
      spanId: fields.text("span_id"),
      nodeId: fields.textOrNull("node_id"),
      name: fields.text("name"),
      mediaType: fields.text("media_type"),
      bytes: fields.number("bytes"),
      sha256: fields.text("sha256"),
      createdAt: fields.nanos("created_at_unix_nano"),
    };
  });
}
