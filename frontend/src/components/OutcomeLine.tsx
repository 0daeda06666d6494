import type { KeyboardEvent, ReactElement } from "react";
import type { ExecutionStatus } from "../model/trace/execution";
import type { Verdict } from "../model/labels/outcomeSummary";
import { Icon } from "./Icon";
import { executionIcon } from "./statusIcon";

interface VerdictLineProps {
  readonly verdict: Verdict;
  readonly status: ExecutionStatus;
  readonly onSelect: (spanId: string) => void;
}

/** How it went, where and why; a press goes to the span that it speaks of. */
export function VerdictLine({ verdict, status, onSelect }: VerdictLineProps): ReactElement {
  const { spanId, sentence, message } = verdict;
  return (
    <div className={`sv-verdict sv-tone-${verdict.tone}`} aria-live="polite">
      <h2>
        <Icon name={executionIcon(status)} className={status === "running" ? "sv-spin" : ""} />
        <span className="sv-verdict-word">{verdict.word}</span>{" "}
        {sentence !== "" && (
          <Sentence text={sentence} onPress={spanId === null ? null : () => onSelect(spanId)} />
        )}
      </h2>
      {message !== null && message !== "" && (
        <p className="sv-verdict-message" title={message}>
          {message}
        </p>
      )}
    </div>
  );
}

interface SentenceProps {
  readonly text: string;
  readonly onPress: (() => void) | null;
}

/** Not a <button>: those do not break over lines together with the words before them. */
function Sentence({ text, onPress }: SentenceProps): ReactElement {
  if (onPress === null) return <span className="sv-verdict-sentence">{text}</span>;
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onPress();
  };
  return (
    <span
      className="sv-verdict-sentence sv-verdict-way"
      role="button"
      tabIndex={0}
      title="Go to this span"
      onClick={onPress}
      onKeyDown={press}
    >
      {text}
    </span>
  );
}
