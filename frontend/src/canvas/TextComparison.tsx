/** Shows the differences of two texts: side by side in a wide window, else one below the other. */

import { Fragment, useMemo, useState, type ReactElement } from "react";
import { RedactedText } from "../components/panel/RedactedText";
import { folded, type Comparison, type ShownRow } from "../model/diff/compare";
import type { Piece } from "../model/diff/words";
import { formatBytes, plural } from "../model/labels/format";

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
      {shown.map((segment, at) =>
        segment.type === "rows" ? (
          <Rows key={at} rows={segment.rows} />
        ) : (
          <Fold key={at} rows={segment.rows} />
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

/** Shows a row of both texts; a fold of unchanged words opens on both sides. */
function Row({ row }: { readonly row: ShownRow }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const fold: WordFold = { isOpen, onOpen: () => setIsOpen(true) };
  const { kind, pieces } = row;
  const left = row.left ?? "";
  const right = row.right ?? "";
  switch (kind) {
    case "same":
      return (
        <div className="cv-row">
          <div className="cv-side">
            <SameText text={left} fold={fold} />
          </div>
          <div className="cv-side cv-repeated" aria-hidden="true">
            <SameText text={left} fold={{ isOpen, onOpen: null }} />
          </div>
        </div>
      );
    case "left":
      return (
        <div className="cv-row">
          <Side which="left">
            <RedactedText text={left} />
          </Side>
          <div className="cv-side cv-nothing" />
        </div>
      );
    case "right":
      return (
        <div className="cv-row">
          <div className="cv-side cv-nothing" />
          <Side which="right">
            <RedactedText text={right} />
          </Side>
        </div>
      );
    case "changed":
      return (
        <div className="cv-row">
          <Side which="left">
            <Pieces pieces={pieces} which="left" fold={fold} />
          </Side>
          <Side which="right">
            <Pieces pieces={pieces} which="right" fold={fold} />
          </Side>
        </div>
      );
  }
}

interface SideProps {
  readonly which: "left" | "right";
  readonly children: ReactElement;
}

function Side({ which, children }: SideProps): ReactElement {
  return (
    <div className={`cv-side ${which === "left" ? "cv-gone" : "cv-added"}`}>
      <span className="sv-visually-hidden">{which}: </span>
      {children}
    </div>
  );
}

interface PiecesProps {
  readonly pieces: readonly Piece[];
  readonly which: "left" | "right";
  readonly fold: WordFold;
}

function Pieces({ pieces, which, fold }: PiecesProps): ReactElement {
  const Mark = which === "left" ? "del" : "ins";
  return (
    <>
      {pieces.map(({ kind, text }, at) => {
        if (kind === "same") return <SameText key={at} text={text} fold={fold} />;
        if (kind !== which) return <Fragment key={at} />;
        return (
          <Mark key={at}>
            <RedactedText text={text} />
          </Mark>
        );
      })}
    </>
  );
}

/** `onOpen` is null where the fold cannot be pressed: it stands beside one that can. */
interface WordFold {
  readonly isOpen: boolean;
  readonly onOpen: (() => void) | null;
}

/** More than so many characters of the same are folded to their ends. */
const SAME_SHOWN = 600;
const END_SHOWN = 160;

function SameText({
  text,
  fold,
}: {
  readonly text: string;
  readonly fold: WordFold;
}): ReactElement {
  if (fold.isOpen || text.length <= SAME_SHOWN) return <RedactedText text={text} />;
  const words = `… ${formatBytes(text.length - 2 * END_SHOWN)} the same …`;
  return (
    <>
      <RedactedText text={text.slice(0, END_SHOWN)} />
      {fold.onOpen ? (
        <button type="button" className="cv-same" onClick={fold.onOpen}>
          {words}
        </button>
      ) : (
        <span className="cv-same">{words}</span>
      )}
      <RedactedText text={text.slice(-END_SHOWN)} />
    </>
  );
}
