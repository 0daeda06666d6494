import { useMemo, useState, type ReactElement } from "react";
import { formatBytes } from "../../model/labels/format";
import { headOf, textForm } from "../../model/text/textForm";
import { CopyButton } from "../CopyButton";
import { JsonView } from "./JsonView";
import { RedactedText } from "./RedactedText";
import { lazyView } from "../lazyView";

/** Comes when the first Markdown is shown. */
const MarkdownView = lazyView(async () => (await import("./MarkdownView")).MarkdownView, {
  fallback: ({ text }) => <pre>{text}</pre>,
  // What was written can be read without its form, too.
  around: (_problem, { text }) => <pre>{text}</pre>,
});

interface LongTextProps {
  readonly text: string;
  /** What copying copies: `message`. */
  readonly what: string;
  readonly isCode?: boolean;
  /** Lines shown at first; the usual number when left out. */
  readonly lines?: number | undefined;
}

/** Shows the head of a long text and its size; opens in place. */
export function LongText({ text, what, isCode = false, lines }: LongTextProps): ReactElement {
  const cut = useCut(text, lines);
  return (
    <div className={`sv-text ${isCode ? "sv-code" : ""} ${cut.isCut ? "sv-cut" : ""}`}>
      <CopyButton text={text} what={what} className="sv-text-copy" />
      <pre tabIndex={isCode ? 0 : undefined}>
        <RedactedText text={cut.body} />
      </pre>
      {cut.button}
    </div>
  );
}

/** What people and models wrote: JSON as a tree, Markdown set, either as it came on request. */
export function WrittenText({ text, what, lines }: LongTextProps): ReactElement {
  const form = useMemo(() => textForm(text), [text]);
  const [isSource, setIsSource] = useState(false);
  if (form.form === "plain") return <LongText text={text} what={what} lines={lines} />;
  return (
    <div className="sv-written">
      {isSource ? (
        <LongText text={text} what={what} lines={lines} isCode />
      ) : form.form === "json" ? (
        <JsonView value={form.value} what={what} />
      ) : (
        <LongMarkdown text={text} what={what} lines={lines} />
      )}
      <button
        type="button"
        className="sv-form-switch"
        aria-pressed={isSource}
        onClick={() => setIsSource(!isSource)}
      >
        as it came
      </button>
    </div>
  );
}

function LongMarkdown({ text, what, lines }: LongTextProps): ReactElement {
  const cut = useCut(text, lines);
  return (
    <div className={`sv-text ${cut.isCut ? "sv-cut" : ""}`}>
      <CopyButton text={text} what={what} className="sv-text-copy" />
      <MarkdownView text={cut.body} />
      {cut.button}
    </div>
  );
}

interface Cut {
  readonly body: string;
  readonly isCut: boolean;
  readonly button: ReactElement | null;
}

function useCut(text: string, lines: number | undefined): Cut {
  const [isOpen, setIsOpen] = useState(false);
  const head = useMemo(() => headOf(text, lines), [text, lines]);
  const isLong = head.length < text.length;
  const button = (
    <button
      type="button"
      className="sv-more"
      aria-expanded={isOpen}
      onClick={() => setIsOpen(!isOpen)}
    >
      {isOpen ? "Show less" : `Show all ${formatBytes(new Blob([text]).size)}`}
    </button>
  );
  return {
    body: isOpen || !isLong ? text : head,
    isCut: isLong && !isOpen,
    button: isLong ? button : null,
  };
}
