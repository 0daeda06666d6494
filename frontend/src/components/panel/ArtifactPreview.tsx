import { useEffect, useState, type ReactElement } from "react";
import { artifactView, mostBytes, type ArtifactView } from "../../model/artifactView";
import { parseCsv } from "../../model/csv";
import { exactCount } from "../../model/format";
import { asProblem, isAbort, type ProblemError } from "../../model/problem";
import type { TraceSource } from "../../model/source";
import type { Json } from "../../model/span";
import type { ArtifactRef } from "../../model/trace";
import { ProblemView } from "../states/ProblemView";
import { LinesSkeleton } from "../states/Skeleton";
import { JsonView } from "./JsonView";
import { LongText } from "./LongText";

interface ArtifactPreviewProps {
  readonly artifact: ArtifactRef;
  readonly source: TraceSource;
  readonly executionId: string;
}

interface Loaded {
  readonly blob: Blob;
  /** Empty for what is not text. */
  readonly text: string;
}

export function ArtifactPreview(props: ArtifactPreviewProps): ReactElement {
  const { artifact, source, executionId } = props;
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [round, setRound] = useState(0);
  const view = artifactView(artifact.mediaType);

  useEffect(() => {
    const abort = new AbortController();
    const read = async (): Promise<Loaded> => {
      const link = await source.mintArtifactLink(executionId, artifact.artifactId, "inline");
      const bytes = await source.readArtifact(link, mostBytes(view), abort.signal);
      // Its own type, not the link's: what may not open in a tab of its own is served as a download.
      const blob = new Blob([bytes], { type: shownType(view, artifact.mediaType) });
      return { blob, text: view === "image" || view === "page" ? "" : await blob.text() };
    };
    read().then(
      (result) => !abort.signal.aborted && setLoaded(result),
      (error: unknown) => {
        if (!abort.signal.aborted && !isAbort(error)) setProblem(asProblem(error));
      },
    );
    return () => abort.abort();
  }, [source, executionId, artifact, view, round]);

  const retry = (): void => {
    setProblem(null);
    setRound(round + 1);
  };
  if (problem) return <ProblemView problem={problem} subject="artifact" onRetry={retry} />;
  if (!loaded) return <LinesSkeleton lines={4} />;
  switch (view) {
    case "image":
      return <ImageView blob={loaded.blob} name={artifact.name} />;
    case "page":
      return <PageView blob={loaded.blob} name={artifact.name} />;
    case "table":
      return <TableView text={loaded.text} />;
    case "json":
      return <JsonText text={loaded.text} />;
    default:
      return <LongText text={loaded.text} what="file" isCode />;
  }
}

function shownType(view: ArtifactView, mediaType: string): string {
  return view === "page" ? "text/html;charset=utf-8" : mediaType;
}

interface BlobProps {
  readonly blob: Blob;
  readonly name: string;
}

/** An address for bytes that are in memory already; given back when the view closes. */
function useBlobUrl(blob: Blob): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    // The address is a resource outside React: it exists from here to the cleanup.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

function ImageView({ blob, name }: BlobProps): ReactElement | null {
  const url = useBlobUrl(blob);
  return url === null ? null : <img className="sv-image" src={url} alt={name} />;
}

/** A frame with no permission at all: no script, no form, no origin; the page's policy cuts its network. */
function PageView({ blob, name }: BlobProps): ReactElement | null {
  const url = useBlobUrl(blob);
  if (url === null) return null;
  return (
    <>
      <p className="sv-note">Shown without scripts and without network access.</p>
      <iframe className="sv-frame" sandbox="" src={url} title={name} referrerPolicy="no-referrer" />
    </>
  );
}

const SHOWN_ROWS = 200;

function TableView({ text }: { readonly text: string }): ReactElement {
  const { header, rows, isCut } = parseCsv(text, SHOWN_ROWS);
  return (
    <>
      <div className="sv-csv" tabIndex={0} role="region" aria-label="Table">
        <table className="sv-table">
          <thead>
            <tr>
              {header.map((name, at) => (
                <th key={at} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="sv-note">
        {isCut ? `The first ${exactCount(rows.length)} rows` : `${exactCount(rows.length)} rows`}
      </p>
    </>
  );
}

/** A file may say JSON and be none: then it is text. */
function JsonText({ text }: { readonly text: string }): ReactElement {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return <LongText text={text} what="file" isCode />;
  }
  return <JsonView value={value} what="file" />;
}
