/** What is different between two texts: side by side where there is room, one below the other where there is none. */

import { Fragment, useMemo, useState, type ReactElement } from "react";
import { RedactedText } from "../components/panel/RedactedText";
import { folded, type Comparison, type ShownRow } from "../model/diff/compare";
import type { Piece } from "../model/diff/words";
import { formatBytes, plural } from "../model/format";

interface TextComparisonProps {
  readonly name: string;
  readonly comparison: Comparison;
}

/** Rows that are drawn at first: a text may have ten thousand. */
const FIRST_ROWS = 300;
const MORE_ROWS = 1_000;

export function TextComparison({ name, comparison }: TextComparisonProps): ReactElement {
  const [most, setMost] = useState(FIRST_ROWS);
  const { rows, sameness } = comparison;
  const isOneSided = sameness === "left-only" || sameness === "right-only";
  const shown = useMemo(() => folded(rows.slice(0, most)), [rows, most]);
  return (
    <div
      className={`cv-diff ${isOneSided ? "cv-diff-one-sided" : ""}`}
      role="region"
      aria-label={`${name}, left and right`}
      tabIndex={0}
    >
      {shown.map((part, at) =>
        part.type === "rows" ? (
          <Rows key={at} rows={part.rows} />
        ) : (
          <Fold key={at} rows={part.rows} />
        ),
      )}
      {rows.length > most && (
        <button type="button" className="cv-fold" onClick={() => setMost(most + MORE_ROWS)}>
          Show more of the other {plural(rows.length - most, "line")}
        </button>
      )}
    </div>
  );
}

function Fold({ rows }: { readonly rows: readonly ShownRow[] }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="cv-fold"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? "Fold" : "Show"} {plural(rows.length, "unchanged line")}
      </button>
      {isOpen && <Rows rows={rows} />}
    </>
  );
}

function Rows({ rows }: { readonly rows: readonly ShownRow[] }): ReactElement {
  return (
    <>
      {rows.map((row, at) => (
        <Row key={at} row={row} />
      ))}
    </>
  );
}

function Row({ row }: { readonly row: ShownRow }): ReactElement {
  const { kind, left, right, pieces } = row;
  switch (kind) {
    case "same":
      return (
        <div className="cv-row">
          <div className="cv-side">
            <SameText text={left ?? ""} />
          </div>
          <div className="cv-side cv-repeated" aria-hidden="true">
            <SameText text={left ?? ""} />
          </div>
        </div>
      );
    case "left":
      return (
        <div className="cv-row">
          <Gone>
            <RedactedText text={left ?? ""} />
          </Gone>
          <div className="cv-side cv-nothing" />
        </div>
      );
    case "right":
      return (
        <div className="cv-row">
          <div className="cv-side cv-nothing" />
          <Added>
            <RedactedText text={right ?? ""} />
          </Added>
        </div>
      );
    case "changed":
      return (
        <div className="cv-row">
          <Gone>
            <Pieces pieces={pieces} side="left" />
          </Gone>
          <Added>
            <Pieces pieces={pieces} side="right" />
          </Added>
        </div>
      );
  }
}

interface SideProps {
  readonly children: ReactElement;
}

function Gone({ children }: SideProps): ReactElement {
  return (
    <div className="cv-side cv-gone">
      <span className="sv-visually-hidden">left: </span>
      {children}
    </div>
  );
}

function Added({ children }: SideProps): ReactElement {
  return (
    <div className="cv-side cv-added">
      <span className="sv-visually-hidden">right: </span>
      {children}
    </div>
  );
}

interface PiecesProps {
  readonly pieces: readonly Piece[];
  readonly side: "left" | "right";
}

function Pieces({ pieces, side }: PiecesProps): ReactElement {
  return (
    <>
      {pieces.map(({ kind, text }, at) => {
        if (kind === "same") return <SameText key={at} text={text} />;
        if (kind !== side) return <Fragment key={at} />;
        const Mark = side === "left" ? "del" : "ins";
        return (
          <Mark key={at}>
            <RedactedText text={text} />
          </Mark>
        );
      })}
    </>
  );
}

/** More than so many characters of the same are folded to their ends. */
const SAME_SHOWN = 600;
const END_SHOWN = 160;

function SameText({ text }: { readonly text: string }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  if (isOpen || text.length <= SAME_SHOWN) return <RedactedText text={text} />;
  return (
    <>
      <RedactedText text={text.slice(0, END_SHOWN)} />
      <button type="button" className="cv-same" onClick={() => setIsOpen(true)}>
        … {formatBytes(text.length - 2 * END_SHOWN)} the same …
      </button>
      <RedactedText text={text.slice(-END_SHOWN)} />
    </>
  );
}
