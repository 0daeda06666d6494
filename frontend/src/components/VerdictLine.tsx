import type { ReactElement } from "react";
import type { ExecutionStatus } from "../model/execution";
import type { Verdict } from "../model/verdict";
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
        <span className="sv-verdict-word">{verdict.word}</span>
        {sentence !== "" &&
          (spanId === null ? (
            <span className="sv-verdict-sentence">{sentence}</span>
          ) : (
            <button
              type="button"
              className="sv-verdict-sentence"
              onClick={() => onSelect(spanId)}
              title="Go to this span"
            >
              {sentence}
            </button>
          ))}
      </h2>
      {message !== null && message !== "" && (
        <p className="sv-verdict-message" title={message}>
          {message}
        </p>
      )}
    </div>
  );
}
