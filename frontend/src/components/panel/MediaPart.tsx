/** A picture or a file that stands in a message: what it is, and the picture itself on request. */

import { useMemo, useState, type ReactElement } from "react";
import { formatBytes } from "../../model/labels/format";
import { base64Bytes, base64Length } from "../../model/text/base64";
import { drawnType, essenceOf } from "../../model/text/artifactView";
import type { MessagePart } from "../../model/trace/span";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import { lazyView } from "../lazyView";

type Media = Extract<MessagePart, { type: "media" }>;

const ImageView = lazyView(async () => (await import("./MediaViews")).ImageView);

/** What browsers draw and cannot run. */
const PICTURES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
]);

/** Nothing is fetched: an address that a model was given is for copying. */
export function MediaPart({ part }: { readonly part: Media }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const { sort, mediaType, name, address, bytes } = part;
  const size = bytes === null ? null : base64Length(bytes);
  const drawn = drawnType(mediaType, name ?? "");
  const canShow = bytes !== null && size !== null && PICTURES.has(drawn);
  return (
    <div className="sv-media-part">
      <div>
        <Icon name={sort === "image" ? "image" : "artifact"} />
        <span className="sv-artifact-name">{name ?? (sort === "image" ? "Picture" : "File")}</span>
        <span className="sv-note">
          {[mediaType && essenceOf(mediaType), size === null ? "" : formatBytes(size)]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {canShow && (
          <button
            type="button"
            className="sv-small-button"
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          >
            {isOpen ? "Hide" : "Show"}
          </button>
        )}
      </div>
      {address !== null && (
        <div>
          <code className="sv-media-address">{address}</code>
          <CopyButton text={address} what="address" />
        </div>
      )}
      {bytes !== null && size === null && <p className="sv-note">Its data is not whole.</p>}
      {isOpen && canShow && <Picture bytes={bytes} mediaType={drawn} name={name} />}
    </div>
  );
}

interface PictureProps extends Pick<Media, "mediaType" | "name"> {
  readonly bytes: string;
}

function Picture({ bytes, mediaType, name }: PictureProps): ReactElement {
  const blob = useMemo(
    () => new Blob([base64Bytes(bytes)], { type: mediaType }),
    [bytes, mediaType],
  );
  return <ImageView blob={blob} name={name ?? "Picture in the message"} />;
}
