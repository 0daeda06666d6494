import type { ReactElement } from "react";
import { scoresNote } from "../model/labels/describe";
import { describeMark, marksOf } from "../model/labels/marks";
import type { Row } from "../model/trace/trace";
import { Icon } from "./Icon";

/** Shows after a span's name that it has files, how it was judged, and what is unusual about it. */
export function LineMarks({ row }: { readonly row: Row }): ReactElement {
  return (
    <>
      {row.artifacts.length > 0 && row.kind !== "artifact" && (
        <span className="sv-mark" title={row.artifacts.map((artifact) => artifact.name).join(", ")}>
          <Icon name="artifact" />
        </span>
      )}
      {row.scores !== null && (
        <span className="sv-mark sv-scores" title={`Evaluated: ${row.scores}`}>
          {scoresNote(row)}
        </span>
      )}
      {marksOf(row).map((name) => {
        const mark = describeMark(name);
        return (
          <span
            key={name}
            className={`sv-mark ${mark.isWarning ? "sv-mark-warning" : ""}`}
            title={mark.sentence}
          >
            {name === "redacted" ? <Icon name="redacted" label={mark.label} /> : mark.label}
          </span>
        );
      })}
    </>
  );
}
