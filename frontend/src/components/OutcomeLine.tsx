import type { KeyboardEvent, ReactElement } from "react";
import type { Execution } from "../model/trace/execution";
import type { OutcomeSummary } from "../model/labels/outcomeSummary";
import { StatusIcon } from "./StatusIcon";
import { executionMark } from "./statusMarks";

interface OutcomeLineProps {
  readonly outcome: OutcomeSummary;
  readonly execution: Execution;
  readonly onSelect: (spanId: string) => void;
}

/** Shows the outcome of the execution; a press selects the span that it is about. */
export function OutcomeLine({ outcome, execution, onSelect }: OutcomeLineProps): ReactElement {
  const { spanId, sentence, message } = outcome;
  return (
    <div className={`sv-outcome sv-tone-${outcome.tone}`} aria-live="polite">
      <h2>
        <StatusIcon mark={executionMark(execution)} />
        <span className="sv-outcome-word">{outcome.word}</span>{" "}
        {sentence !== "" && (
          <Sentence text={sentence} onPress={spanId === null ? null : () => onSelect(spanId)} />
        )}
      </h2>
      {message !== null && message !== "" && (
        <p className="sv-outcome-message" title={message}>
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
  if (onPress === null) return <span className="sv-outcome-sentence">{text}</span>;
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onPress();
  };
  return (
    <span
      className="sv-outcome-sentence sv-outcome-way"
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
