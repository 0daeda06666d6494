import { Fragment, type ReactElement } from "react";
import {
  explainRedaction,
  hasRedactions,
  isWithheld,
  splitRedactions,
} from "../../model/text/redaction";

/** Shows a text; what the privacy rules removed is shown as a label with the rule's name. */
export function RedactedText({ text }: { readonly text: string }): ReactElement {
  if (!hasRedactions(text)) return <>{text}</>;
  return (
    <>
      {splitRedactions(text).map((piece, at) =>
        piece.type === "text" ? (
          <Fragment key={at}>{piece.text}</Fragment>
        ) : (
          <Redaction key={at} rule={piece.rule} />
        ),
      )}
    </>
  );
}

export function Redaction({ rule }: { readonly rule: string }): ReactElement {
  return (
    <span className="sv-redaction" title={explainRedaction(rule)}>
      <span className="sv-visually-hidden">
        {isWithheld(rule) ? "hidden from your role: " : "removed: "}
      </span>
      {rule}
    </span>
  );
}
