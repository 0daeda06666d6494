import { useState, type ReactElement, type ReactNode } from "react";
import { plural } from "../../model/format";
import { firstNewMessage } from "../../model/conversation";
import type { Content, Message, MessagePart } from "../../model/span";
import { Icon } from "../Icon";
import { JsonView } from "./JsonView";
import { LongText } from "./LongText";

/** The instructions are the same in every call: their first lines are enough to know them by. */
const SYSTEM_LINES = 4;

export function Conversation({ content }: { readonly content: Content }): ReactElement | null {
  const { systemInstructions, inputMessages, outputMessages } = content;
  const [isWhole, setIsWhole] = useState(false);
  const hidden = isWhole ? 0 : firstNewMessage(inputMessages);
  if (systemInstructions.length + inputMessages.length + outputMessages.length === 0) return null;
  return (
    <div className="sv-conversation">
      {systemInstructions.length > 0 && (
        <Turn role="system">
          {systemInstructions.map((part, at) => (
            <Part key={at} part={part} lines={SYSTEM_LINES} />
          ))}
        </Turn>
      )}
      {hidden > 0 && (
        <button type="button" className="sv-earlier" onClick={() => setIsWhole(true)}>
          <Icon name="unfold" /> {plural(hidden, "earlier message")}
        </button>
      )}
      {inputMessages.slice(hidden).map((message, at) => (
        <MessageTurn key={hidden + at} message={message} />
      ))}
      {outputMessages.length > 0 && inputMessages.length > 0 && (
        <div className="sv-answer-line" aria-hidden="true">
          answer
        </div>
      )}
      {outputMessages.map((message, at) => (
        <MessageTurn key={`answer-${at}`} message={message} />
      ))}
    </div>
  );
}

function MessageTurn({ message }: { readonly message: Message }): ReactElement {
  return (
    <Turn role={message.role} finishReason={message.finishReason}>
      {message.parts.length === 0 && <p className="sv-note">empty message</p>}
      {message.parts.map((part, at) => (
        <Part key={at} part={part} />
      ))}
    </Turn>
  );
}

interface TurnProps {
  readonly role: string;
  readonly finishReason?: string | null;
  readonly children: ReactNode;
}

const ROLES = new Set(["system", "user", "assistant", "tool"]);

/** Reasons that mean the answer is whole: not worth a word. */
const WHOLE = new Set(["stop", "end_turn", "tool_use", "tool_calls", "tool_call"]);

function Turn({ role, finishReason, children }: TurnProps): ReactElement {
  return (
    <article className={`sv-turn sv-role-${ROLES.has(role) ? role : "other"}`}>
      <h4>
        {role}
        {finishReason && !WHOLE.has(finishReason) && (
          <span className="sv-finish" title="Why the model stopped">
            <Icon name="warning" /> {finishReason.replaceAll("_", " ")}
          </span>
        )}
      </h4>
      {children}
    </article>
  );
}

interface PartProps {
  readonly part: MessagePart;
  readonly lines?: number;
}

function Part({ part, lines }: PartProps): ReactElement {
  switch (part.type) {
    case "text":
      return <LongText text={part.text} what="message" lines={lines} />;
    case "reasoning":
      return (
        <details className="sv-reasoning">
          <summary>Reasoning ({plural(part.text.length, "character")})</summary>
          <LongText text={part.text} what="reasoning" />
        </details>
      );
    case "tool_call":
      return (
        <div className="sv-tool">
          <h5>
            <Icon name="tool" /> calls <code>{part.name}</code>
          </h5>
          <JsonView value={part.arguments} what="arguments" />
        </div>
      );
    case "tool_result":
      return (
        <div className="sv-tool">
          <h5>
            <Icon name="tool" /> result
          </h5>
          {typeof part.result === "string" ? (
            <LongText text={part.result} what="result" />
          ) : (
            <JsonView value={part.result} what="result" />
          )}
        </div>
      );
    case "other":
      return <JsonView value={part.value} what="part" />;
  }
}
