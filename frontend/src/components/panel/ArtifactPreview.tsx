import { useEffect, useMemo, useState, type ReactElement } from "react";
import {
  artifactView,
  mostBytes,
  drawnType,
  type ArtifactView,
} from "../../model/text/artifactView";
import type { ArtifactRef } from "../../model/trace/trace";
import type { Artifacts } from "../../state/artifacts";
import { browserTimer } from "../../state/polling";
import { createResource } from "../../state/resource";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import { ProblemView } from "../states/ProblemView";
import { LinesSkeleton } from "../states/Skeleton";
import { useResource } from "../useResource";
import { JsonText, TableView, type Readout } from "./FileViews";
import { LongText } from "./LongText";
import { DrawingView, ImageView, MediaView, PageView } from "./MediaViews";
import { MarkdownView } from "./MarkdownView";
import { lazyView } from "../lazyView";

/** The largest of the viewers: comes with the first PDF. */
const PdfView = lazyView(async () => (await import("./PdfView")).PdfView, {
  fallback: () => <LinesSkeleton lines={6} />,
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
  const { artifactId, mediaType, name } = artifact;
  const view = artifactView(mediaType, name);
  const readout = useMemo(
    () =>
      createResource(async (signal): Promise<Readout> => {
        const bytes = await artifacts.read(artifactId, mostBytes(view), signal);
        // A type of our own, not the link's: what may not open in a tab of its own is served as a download.
        const blob = new Blob([bytes], { type: blobType(view, drawnType(mediaType, name)) });
        return { blob, text: AS_TEXT.has(view) ? await blob.text() : "" };
      }, browserTimer),
    [artifacts, artifactId, mediaType, name, view],
  );
  const { value: loaded, problem } = useResource(readout);
  if (!loaded && problem) {
    return <ProblemView problem={problem} subject="artifact" onRetry={readout.start} />;
  }
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
      return <PdfView blob={readout.blob} name={name} />;
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
    const abort = new AbortController();
    const check = async (): Promise<void> => {
      const items = await artifacts.list(abort.signal);
      const recorded = items.find((item) => item.artifactId === artifactId)?.sha256;
      if (!recorded) return; // a file that stays in a bucket of its own has none
      const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
      const now = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
      if (!abort.signal.aborted) setDigest({ recorded, isSame: now.join("") === recorded });
    };
    // Without it the file is shown all the same.
    check().catch(() => undefined);
    return () => abort.abort();
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
