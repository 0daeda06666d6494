import { useState, type ReactElement } from "react";
import { formatBytes } from "../../model/format";
import { headOf } from "../../model/longText";
import { CopyButton } from "../CopyButton";

interface LongTextProps {
  readonly text: string;
  /** What copying copies: `message`. */
  readonly what: string;
  readonly isCode?: boolean;
  /** Lines shown at first; the usual number when left out. */
  readonly lines?: number;
}

/** Shows the head of a long text and its size; opens in place. */
export function LongText({ text, what, isCode = false, lines }: LongTextProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const head = headOf(text, lines);
  const isLong = head.length < text.length;
  const body = isOpen || !isLong ? text : head;
  return (
    <div className={`sv-text ${isCode ? "sv-code" : ""} ${isLong && !isOpen ? "sv-cut" : ""}`}>
      <CopyButton text={text} what={what} className="sv-text-copy" />
      <pre>{body}</pre>
      {isLong && (
        <button
          type="button"
          className="sv-more"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? "Show less" : `Show all ${formatBytes(new Blob([text]).size)}`}
        </button>
      )}
    </div>
  );
}
