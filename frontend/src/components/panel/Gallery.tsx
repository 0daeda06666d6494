/** All files that a run left, with the spans that they came from. */

import { useMemo, useRef, type ReactElement } from "react";
import { formatBytes, plural } from "../../model/labels/format";
import type { Row } from "../../model/trace/trace";
import type { TraceIndex } from "../../model/trace/traceIndex";
import type { Artifacts } from "../../state/artifacts";
import { browserTimer } from "../../state/polling";
import { createResource } from "../../state/resource";
import { CopyButton } from "../CopyButton";
import { Sheet } from "../Sheet";
import { ProblemView } from "../states/ProblemView";
import { LinesSkeleton } from "../states/Skeleton";
import { useResource } from "../useResource";
import { ArtifactEntry } from "./ArtifactList";

interface GalleryProps {
  readonly index: TraceIndex;
  readonly artifacts: Artifacts;
  readonly onSelect: (spanId: string) => void;
  readonly onClose: () => void;
}

export function Gallery({ index, artifacts, onSelect, onClose }: GalleryProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const listing = useMemo(() => createResource(artifacts.list, browserTimer), [artifacts]);
  const { value: items, problem } = useResource(listing);
  return (
    <Sheet
      dialog={dialog}
      label="Artifacts of the run"
      title="Artifacts of the run"
      className="sv-gallery"
      note={
        items &&
        items.length > 0 && (
          <span className="sv-note">
            {plural(items.length, "file")} ·{" "}
            {formatBytes(items.reduce((sum, { bytes }) => sum + bytes, 0))}
          </span>
        )
      }
      onClose={onClose}
    >
      {!items && !problem && <LinesSkeleton lines={4} />}
      {!items && problem && (
        <ProblemView problem={problem} subject="list of artifacts" onRetry={listing.start} />
      )}
      {items?.length === 0 && <p className="sv-nothing">This run left no files.</p>}
      {items?.map((item, at) => (
        <ArtifactEntry
          key={item.artifactId}
          artifact={item}
          artifacts={artifacts}
          isFirst={at === 0}
          origin={
            <Origin
              row={index.rows[index.positionOf.get(item.spanId) ?? -1]}
              sha256={item.sha256}
              onSelect={(spanId) => {
                dialog.current?.close();
                onSelect(spanId);
              }}
            />
          }
        />
      ))}
    </Sheet>
  );
}

interface OriginProps {
  readonly row: Row | undefined;
  readonly sha256: string;
  readonly onSelect: (spanId: string) => void;
}

function Origin({ row, sha256, onSelect }: OriginProps): ReactElement {
  return (
    <span className="sv-origin">
      {row && (
        <button type="button" className="sv-link" onClick={() => onSelect(row.spanId)}>
          {row.name}
        </button>
      )}
      {sha256 && (
        <>
          <span className="sv-note" title={sha256}>
            sha256 <code>{sha256.slice(0, 8)}…</code>
          </span>
          <CopyButton text={sha256} what="sha256" />
        </>
      )}
    </span>
  );
}
