import type { ReactElement } from "react";
import { exactMoment } from "../../model/labels/format";
import type { SpanVersion } from "../../model/trace/span";
import { JsonView } from "./JsonView";

/** What else was sent of a span after it had ended: closed, since it is not what counts. */
export function OtherVersions(props: {
  readonly versions: readonly SpanVersion[];
}): ReactElement | null {
  if (props.versions.length === 0) return null;
  return (
    <>
      {props.versions.map((version, index) => (
        <details className="sv-section" key={`${version.end} ${index}`}>
          <summary>
            Another version was sent, which ended at{" "}
            <time dateTime={exactMoment(version.end)}>{exactMoment(version.end)}</time>
          </summary>
          {version.isCut ? (
            <p className="sv-nothing">
              It differs in {Object.keys(version.differences).join(", ")}, by more than can be shown
              here.
            </p>
          ) : (
            <JsonView value={version.differences} what="what is different in that version" />
          )}
        </details>
      ))}
    </>
  );
}
