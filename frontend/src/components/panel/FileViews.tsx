/** Views of files that are text. */

import { useMemo, useState, type ReactElement } from "react";
import { parseCsv } from "../../model/text/csv";
import { exactCount, plural } from "../../model/labels/format";
import { JsonView } from "./JsonView";
import { LongText } from "./LongText";
import { RedactedText } from "./RedactedText";
import { parseAsWritten } from "../../model/text/exactJson";

/** A file that was read. */
export interface Readout {
  readonly blob: Blob;
  /** Empty for what is not text. */
  readonly text: string;
}

const FIRST_ROWS = 200;
/** More of them would make the page slow: the file is for downloading then. */
const MOST_ROWS = 5_000;

export function TableView({ text }: { readonly text: string }): ReactElement {
  const [most, setMost] = useState(FIRST_ROWS);
  const { header, rows, isCut } = useMemo(() => parseCsv(text, most), [text, most]);
  return (
    <>
      <div className="sv-csv" tabIndex={0} role="region" aria-label="Table">
        <table className="sv-table">
          <thead>
            <tr>
              {header.map((name, at) => (
                <th key={at} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column} title={cell.length > 40 ? cell : undefined}>
                    <RedactedText text={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="sv-note">
        {isCut ? `The first ${exactCount(rows.length)} rows` : plural(rows.length, "row")}
        {isCut && most < MOST_ROWS && (
          <>
            {" · "}
            <button type="button" className="sv-link" onClick={() => setMost(MOST_ROWS)}>
              Show up to {exactCount(MOST_ROWS)}
            </button>
          </>
        )}
        {isCut && most === MOST_ROWS && " · download it for the rest"}
      </p>
    </>
  );
}

/** A file may say JSON and be none: then it is text. */
export function JsonText({ text }: { readonly text: string }): ReactElement {
  const value = useMemo(() => parseAsWritten(text), [text]);
  if (value === undefined) return <LongText text={text} what="file" isCode />;
  return <JsonView value={value} what="file" />;
}
