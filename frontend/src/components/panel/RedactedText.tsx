import { Fragment, type ReactElement } from "react";
import { explainRedaction, hasRedactions, splitRedactions } from "../../model/text/redaction";

/** Text in which removals show as what they are: a rule's receipt, not words that somebody wrote. */
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
      <span className="sv-visually-hidden">removed: </span>
      {rule}
    </span>
  );
}
