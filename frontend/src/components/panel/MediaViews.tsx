/** Views of files that the browser itself shows, from bytes that are in memory already. */

import { useEffect, useState, type ReactElement } from "react";
import type { Readout } from "./FileViews";
import { LongText } from "./LongText";

interface BlobProps {
  readonly blob: Blob;
  readonly name: string;
}

/** An address for bytes in memory; given back when the view closes. */
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

export function ImageView({ blob, name }: BlobProps): ReactElement | null {
  const url = useBlobUrl(blob);
  const [isBroken, setIsBroken] = useState(false);
  if (url === null) return null;
  if (isBroken) return <p className="sv-note">The browser cannot read it as an image.</p>;
  return <img className="sv-image" src={url} alt={name} onError={() => setIsBroken(true)} />;
}

/** For files that no browser shows: their bytes, to keep. Their type is none that a browser would open. */
export function DownloadLink({ blob, name }: BlobProps): ReactElement | null {
  const url = useBlobUrl(blob);
  if (url === null) return null;
  return (
    <a className="sv-link" href={url} download={name}>
      Download {name}
    </a>
  );
}

interface ReadoutProps {
  readonly readout: Readout;
  readonly name: string;
}

/** SVG as an image runs no script and loads nothing; its source is text. */
export function DrawingView({ readout, name }: ReadoutProps): ReactElement {
  return (
    <>
      <ImageView blob={readout.blob} name={name} />
      <Source text={readout.text} />
    </>
  );
}

/** A frame with no permission at all: no script, no form, no origin; the page's policy cuts its network. */
export function PageView({ readout, name }: ReadoutProps): ReactElement | null {
  const url = useBlobUrl(readout.blob);
  if (url === null) return null;
  return (
    <>
      <p className="sv-note">Shown without scripts and without network access.</p>
      <iframe className="sv-frame" sandbox="" src={url} title={name} referrerPolicy="no-referrer" />
      <Source text={readout.text} />
    </>
  );
}

function Source({ text }: { readonly text: string }): ReactElement {
  return (
    <details className="sv-source">
      <summary>Source</summary>
      <LongText text={text} what="source" isCode />
    </details>
  );
}

interface MediaProps extends BlobProps {
  readonly kind: "audio" | "video";
}

export function MediaView({ blob, name, kind }: MediaProps): ReactElement | null {
  const url = useBlobUrl(blob);
  const [isBroken, setIsBroken] = useState(false);
  if (url === null) return null;
  if (isBroken) return <p className="sv-note">The browser cannot play it: download it.</p>;
  const Player = kind;
  return (
    <Player
      className="sv-media"
      controls
      preload="metadata"
      src={url}
      aria-label={name}
      onError={() => setIsBroken(true)}
    />
  );
}
