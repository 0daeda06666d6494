/** A picture, a sound, a film or a file that stands in a message: what it is, and itself on request. */

import { useMemo, useState, type ReactElement } from "react";
import { formatBytes } from "../../model/labels/format";
import { base64Bytes, base64Length, sniffedType } from "../../model/text/base64";
import {
  artifactView,
  drawnType,
  essenceOf,
  type ArtifactView,
} from "../../model/text/artifactView";
import type { MessagePart } from "../../model/trace/span";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import type { IconName } from "../icons";
import { lazyView } from "../lazyView";
import { LongText } from "./LongText";

type Media = Extract<MessagePart, { type: "media" }>;

const ImageView = lazyView(async () => (await import("./MediaViews")).ImageView);
const MediaView = lazyView(async () => (await import("./MediaViews")).MediaView);
const DownloadLink = lazyView(async () => (await import("./MediaViews")).DownloadLink);
const PdfView = lazyView(async () => (await import("./PdfView")).PdfView);

const SORTS: Readonly<Record<Media["sort"], { readonly icon: IconName; readonly name: string }>> = {
  image: { icon: "image", name: "Picture" },
  audio: { icon: "sound", name: "Sound" },
  video: { icon: "film", name: "Film" },
  file: { icon: "artifact", name: "File" },
};
const PLAYED: ReadonlySet<ArtifactView> = new Set(["audio", "video"]);

/** Nothing is fetched: an address that a model was given is for copying. */
export function MediaPart({ part }: { readonly part: Media }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const { sort, mediaType, name, address, bytes, text = null } = part;
  const size = bytes === null ? null : base64Length(bytes);
  const type = drawnType(mediaType || (bytes === null ? "" : sniffedType(bytes)), name ?? "");
  const view = artifactView(type);
  const verb = PLAYED.has(view) ? "Play" : "Show";
  return (
    <div className="sv-media-part">
      <div>
        <Icon name={SORTS[sort].icon} />
        <span className="sv-artifact-name">{name ?? SORTS[sort].name}</span>
        <span className="sv-note">
          {[mediaType && essenceOf(mediaType), size === null ? "" : formatBytes(size)]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {size !== null && (
          <button
            type="button"
            className="sv-small-button"
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          >
            {isOpen ? "Hide" : verb}
          </button>
        )}
      </div>
      {address !== null && (
        <div>
          <code className="sv-media-address">{address}</code>
          <CopyButton text={address} what="address" />
        </div>
      )}
      {text !== null && <LongText text={text} what="document" />}
      {bytes !== null && size === null && <WithoutForm bytes={bytes} />}
      {isOpen && bytes !== null && size !== null && (
        <Opened
          bytes={bytes}
          type={type}
          view={view}
          name={name ?? `${SORTS[sort].name} in the message`}
        />
      )}
    </div>
  );
}

/** Data that is no base64: a text, or what was left of the data when it was cut. */
function WithoutForm({ bytes }: { readonly bytes: string }): ReactElement {
  return (
    <>
      <p className="sv-note">Its data is not whole.</p>
      <LongText text={bytes} what="data" lines={3} isCode />
    </>
  );
}

interface OpenedProps {
  readonly bytes: string;
  readonly type: string;
  readonly view: ArtifactView;
  readonly name: string;
}

/** What browsers draw and cannot run; of scripts and pages the source. */
function Opened({ bytes, type, view, name }: OpenedProps): ReactElement {
  const data = useMemo(() => base64Bytes(bytes), [bytes]);
  const blob = useMemo(() => new Blob([data], { type }), [data, type]);
  switch (view) {
    case "image":
      return <ImageView blob={blob} name={name} />;
    case "audio":
    case "video":
      return <MediaView blob={blob} name={name} kind={view} />;
    case "pdf":
      return <PdfView blob={blob} name={name} />;
    case "none":
      return <DownloadLink blob={blob} name={name} />;
    default:
      return <LongText text={new TextDecoder().decode(data)} what="document" isCode />;
  }
}
