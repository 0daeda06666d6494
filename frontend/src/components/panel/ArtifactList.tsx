import { useState, type ReactElement } from "react";
import { artifactView, essenceOf, mostBytes } from "../../model/text/artifactView";
import { formatBytes } from "../../model/labels/format";
import { asProblem, type ProblemError } from "../../model/problem";
import type { ArtifactRef } from "../../model/trace/trace";
import type { Artifacts } from "../../state/artifacts";
import { Icon } from "../Icon";
import { InlineProblem } from "../states/ProblemView";
import { LinesSkeleton } from "../states/Skeleton";
import { artifactIcon } from "./artifactIcon";
import { lazyView } from "../lazyView";

/** Viewers come when the first file is opened. */
const ArtifactPreview = lazyView(async () => (await import("./ArtifactPreview")).ArtifactPreview, {
  fallback: () => <LinesSkeleton lines={4} />,
});

interface ArtifactListProps {
  readonly refs: readonly ArtifactRef[];
  readonly artifacts: Artifacts;
}

export function ArtifactList({ refs, artifacts }: ArtifactListProps): ReactElement | null {
  if (refs.length === 0) return null;
  return (
    <section className="sv-section sv-artifacts">
      <h4>Artifacts</h4>
      {refs.map((artifact) => (
        <ArtifactEntry key={artifact.artifactId} artifact={artifact} artifacts={artifacts} />
      ))}
    </section>
  );
}

interface ArtifactEntryProps {
  readonly artifact: ArtifactRef;
  readonly artifacts: Artifacts;
  /** Where it comes from, in a list of files of several spans. */
  readonly origin?: ReactElement;
  readonly isFirst?: boolean;
}

/** Links are made when they are asked for: each one is a recorded access and soon expires. */
export function ArtifactEntry(props: ArtifactEntryProps): ReactElement {
  const { artifact, artifacts, origin, isFirst = false } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const view = artifactView(artifact.mediaType, artifact.name);
  const isTooLarge = artifact.bytes > mostBytes(view);
  const canPreview = view !== "none" && !isTooLarge;

  const download = async (): Promise<void> => {
    setProblem(null);
    try {
      const link = await artifacts.link(artifact.artifactId, "attachment");
      const anchor = document.createElement("a");
      anchor.href = link.url;
      anchor.download = artifact.name;
      anchor.click();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };

  return (
    <div className="sv-artifact" role="group" aria-label={artifact.name}>
      <div className="sv-artifact-line">
        <Icon name={artifactIcon(view)} />
        <span className="sv-artifact-name">{artifact.name}</span>
        <span className="sv-note sv-artifact-type">{essenceOf(artifact.mediaType)}</span>
        <span className="sv-note sv-number">{formatBytes(artifact.bytes)}</span>
        {origin}
        <span className="sv-artifact-actions">
          {canPreview && (
            <button
              type="button"
              className="sv-small-button"
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            >
              <Icon name="eye" /> {isOpen ? "Hide" : "Preview"}
            </button>
          )}
          <button
            type="button"
            className="sv-small-button"
            autoFocus={isFirst}
            onClick={() => void download()}
          >
            <Icon name="download" /> Download
          </button>
        </span>
      </div>
      {view !== "none" && isTooLarge && (
        <p className="sv-note">Too large to preview here: download it.</p>
      )}
      {problem && (
        <InlineProblem problem={problem} subject="artifact" onRetry={() => void download()} />
      )}
      {isOpen && <ArtifactPreview artifact={artifact} artifacts={artifacts} />}
    </div>
  );
}
