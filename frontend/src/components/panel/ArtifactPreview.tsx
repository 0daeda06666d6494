import { lazy, Suspense, useEffect, useState, type ReactElement } from "react";
import { artifactView, mostBytes, shownType, type ArtifactView } from "../../model/artifactView";
import { asProblem, isAbort, type ProblemError } from "../../model/problem";
import type { ArtifactRef } from "../../model/trace";
import type { Artifacts } from "../../state/artifacts";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import { ProblemView } from "../states/ProblemView";
import { LinesSkeleton } from "../states/Skeleton";
import { JsonText, TableView, type Readout } from "./FileViews";
import { LongText } from "./LongText";
import { DrawingView, ImageView, MediaView, PageView } from "./MediaViews";
import { MarkdownView } from "./MarkdownView";

/** The largest of the viewers: comes with the first PDF. */
const PdfView = lazy(async () => {
  const { PdfView: View } = await import("./PdfView");
  return { default: View };
});

interface ArtifactPreviewProps {
  readonly artifact: ArtifactRef;
  readonly artifacts: Artifacts;
}

const AS_TEXT: ReadonlySet<ArtifactView> = new Set([
  "text",
  "markdown",
  "json",
  "table",
  "drawing",
  "page",
]);

export function ArtifactPreview(props: ArtifactPreviewProps): ReactElement {
  const { artifact, artifacts } = props;
  const [loaded, setLoaded] = useState<Readout | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [round, setRound] = useState(0);
  const { artifactId, mediaType, name } = artifact;
  const view = artifactView(mediaType, name);

  useEffect(() => {
    const abort = new AbortController();
    const read = async (): Promise<Readout> => {
      const bytes = await artifacts.read(artifactId, mostBytes(view), abort.signal);
      // A type of our own, not the link's: what may not open in a tab of its own is served as a download.
      const blob = new Blob([bytes], { type: blobType(view, shownType(mediaType, name)) });
      return { blob, text: AS_TEXT.has(view) ? await blob.text() : "" };
    };
    read().then(
      (result) => !abort.signal.aborted && setLoaded(result),
      (error: unknown) => {
        if (!abort.signal.aborted && !isAbort(error)) setProblem(asProblem(error));
      },
    );
    return () => abort.abort();
  }, [artifacts, artifactId, mediaType, name, view, round]);

  const retry = (): void => {
    setProblem(null);
    setRound(round + 1);
  };
  if (problem) return <ProblemView problem={problem} subject="artifact" onRetry={retry} />;
  if (!loaded) return <LinesSkeleton lines={4} />;
  return (
    <div className="sv-preview">
      <View view={view} readout={loaded} name={name} />
      <Digest artifact={artifact} artifacts={artifacts} blob={loaded.blob} />
    </div>
  );
}

interface ViewProps {
  readonly view: ArtifactView;
  readonly readout: Readout;
  readonly name: string;
}

function View({ view, readout, name }: ViewProps): ReactElement | null {
  switch (view) {
    case "image":
      return <ImageView blob={readout.blob} name={name} />;
    case "drawing":
      return <DrawingView readout={readout} name={name} />;
    case "page":
      return <PageView readout={readout} name={name} />;
    case "audio":
    case "video":
      return <MediaView blob={readout.blob} name={name} kind={view} />;
    case "pdf":
      return (
        <Suspense fallback={<LinesSkeleton lines={6} />}>
          <PdfView blob={readout.blob} name={name} />
        </Suspense>
      );
    case "table":
      return <TableView text={readout.text} />;
    case "json":
      return <JsonText text={readout.text} />;
    case "markdown":
      return <MarkdownView text={readout.text} />;
    default:
      return <LongText text={readout.text} what="file" isCode />;
  }
}

/** HTML gets its type even when the file lied about it; the frame that shows it has no permission. */
function blobType(view: ArtifactView, type: string): string {
  return view === "page" ? "text/html;charset=utf-8" : type;
}

interface DigestProps extends ArtifactPreviewProps {
  readonly blob: Blob;
}

/** The digest that was recorded when the file was made, held against the bytes that came now. */
function Digest({ artifact, artifacts, blob }: DigestProps): ReactElement | null {
  const [digest, setDigest] = useState<{ recorded: string; isSame: boolean } | null>(null);
  const { artifactId } = artifact;
  useEffect(() => {
    let isWanted = true;
    const check = async (): Promise<void> => {
      const items = await artifacts.list();
      const recorded = items.find((item) => item.artifactId === artifactId)?.sha256;
      if (!recorded) return; // a file that stays in a bucket of its own has none
      const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
      const now = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
      if (isWanted) setDigest({ recorded, isSame: now.join("") === recorded });
    };
    // Without it the file is shown all the same.
    check().catch(() => undefined);
    return () => {
      isWanted = false;
    };
  }, [artifacts, artifactId, blob]);
  if (digest === null) return null;
  return (
    <p className={digest.isSame ? "sv-digest" : "sv-digest sv-inline-problem"}>
      <Icon name={digest.isSame ? "check" : "warning"} />
      sha256 <code>{digest.recorded.slice(0, 16)}…</code>
      {digest.isSame ? "as recorded" : "is not what came: the file was changed or cut off"}
      <CopyButton text={digest.recorded} what="sha256" />
    </p>
  );
}
