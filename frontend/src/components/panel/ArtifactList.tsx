import { lazy, Suspense, useState, type ReactElement } from "react";
import { artifactView, mostBytes } from "../../model/artifactView";
import { formatBytes } from "../../model/format";
import { asProblem, type ProblemError } from "../../model/problem";
import type { TraceSource } from "../../model/source";
import type { SpanDetail } from "../../model/span";
import type { ArtifactRef } from "../../model/trace";
import { Icon } from "../Icon";
import { LinesSkeleton } from "../states/Skeleton";

/** Viewers come when the first file is opened. */
const ArtifactPreview = lazy(async () => {
  const { ArtifactPreview: Preview } = await import("./ArtifactPreview");
  return { default: Preview };
});

interface ArtifactListProps {
  readonly detail: SpanDetail;
  readonly source: TraceSource;
  readonly executionId: string;
}

export function ArtifactList(props: ArtifactListProps): ReactElement | null {
  const { detail, source, executionId } = props;
  if (detail.artifacts.length === 0) return null;
  return (
    <section className="sv-section sv-artifacts">
      <h4>Artifacts</h4>
      {detail.artifacts.map((artifact) => (
        <ArtifactItem
          key={artifact.artifactId}
          artifact={artifact}
          source={source}
          executionId={executionId}
        />
      ))}
    </section>
  );
}

interface ArtifactItemProps {
  readonly artifact: ArtifactRef;
  readonly source: TraceSource;
  readonly executionId: string;
}

/** Links are made when they are asked for: each one is a recorded access and soon expires. */
function ArtifactItem({ artifact, source, executionId }: ArtifactItemProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const view = artifactView(artifact.mediaType);
  const isTooLarge = artifact.bytes > mostBytes(view);

  const download = async (): Promise<void> => {
    setProblem(null);
    try {
      const link = await source.mintArtifactLink(executionId, artifact.artifactId, "attachment");
      const anchor = document.createElement("a");
      anchor.href = link.url;
      anchor.download = artifact.name;
      anchor.click();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };

  return (
    <div className="sv-artifact">
      <div className="sv-artifact-line">
        <Icon name="artifact" />
        <span className="sv-artifact-name" title={artifact.mediaType}>
          {artifact.name}
        </span>
        <span className="sv-note">{formatBytes(artifact.bytes)}</span>
        <span className="sv-toolbar-gap" />
        {view !== "none" && !isTooLarge && (
          <button
            type="button"
            className="sv-small-button"
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon name="eye" /> {isOpen ? "Hide" : "Preview"}
          </button>
        )}
        <button type="button" className="sv-small-button" onClick={() => void download()}>
          <Icon name="download" /> Download
        </button>
      </div>
      {view !== "none" && isTooLarge && (
        <p className="sv-note">Too large to preview here: download it.</p>
      )}
      {problem && (
        <p className="sv-inline-problem" role="alert">
          <Icon name="warning" /> {problem.message}
        </p>
      )}
      {isOpen && (
        <Suspense fallback={<LinesSkeleton lines={4} />}>
          <ArtifactPreview artifact={artifact} source={source} executionId={executionId} />
        </Suspense>
      )}
    </div>
  );
}
