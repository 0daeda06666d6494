import type { ReactElement } from "react";
import { scoresNote } from "../model/labels/describe";
import { describeMark, marksOf, type Mark } from "../model/labels/marks";
import type { Row } from "../model/trace/trace";
import { Icon } from "./Icon";

/** Shows after a span's name that it has files, how it was judged, and what is unusual about it. */
export function LineMarks({ row }: { readonly row: Row }): ReactElement {
  return (
    <>
      {row.artifacts.length > 0 && row.kind !== "artifact" && (
        <span
          className="sv-mark sv-mark-icon"
          title={row.artifacts.map((artifact) => artifact.name).join(", ")}
        >
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
          <span key={name} className={markClass(mark, name === "redacted")} title={mark.sentence}>
            {name === "redacted" ? <Icon name="redacted" label={mark.label} /> : mark.label}
          </span>
        );
      })}
    </>
  );
}

function markClass({ isWarning }: Mark, isIcon: boolean): string {
  return `sv-mark ${isIcon ? "sv-mark-icon" : ""} ${isWarning ? "sv-mark-warning" : ""}`;
}
