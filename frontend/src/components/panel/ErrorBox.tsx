import type { ReactElement } from "react";
import type { SpanEvent } from "../../model/trace/span";
import type { SpanError } from "../../model/trace/trace";
import { Icon } from "../Icon";
import { LongText } from "./LongText";
import { RedactedText } from "./RedactedText";

interface ErrorBoxProps {
  readonly error: SpanError;
  readonly attempt: number | null;
  readonly events: readonly SpanEvent[];
}

export function ErrorBox({ error, attempt, events }: ErrorBoxProps): ReactElement {
  const stack = stackTrace(events);
  return (
    <div className="sv-error-box">
      <strong>
        <Icon name="error" /> {error.type}
        {attempt !== null && <span className="sv-note"> attempt {attempt}</span>}
      </strong>
      {error.message !== "" && (
        <p>
          <RedactedText text={error.message} />
        </p>
      )}
      {stack !== null && (
        <details>
          <summary>Stack trace</summary>
          <LongText text={stack} what="stack trace" isCode />
        </details>
      )}
    </div>
  );
}

/** As OpenTelemetry records it; of several exceptions the last one ended the span. */
function stackTrace(events: readonly SpanEvent[]): string | null {
  const exception = events.findLast((event) => event.name === "exception");
  const text = exception?.attributes["exception.stacktrace"];
  return typeof text === "string" && text !== "" ? text : null;
}
