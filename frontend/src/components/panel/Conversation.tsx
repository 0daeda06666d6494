import { useMemo, useState, type ReactElement, type ReactNode } from "react";
import { plural } from "../../model/labels/format";
import {
  foldedMessages,
  missingNote,
  pairTools,
  promptDelta,
  promptText,
  type ToolPairs,
} from "../../model/text/conversation";
import type { Content, Message, MessagePart } from "../../model/trace/span";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import { MoreFields, Part } from "./Part";

/** The instructions are the same in every call: their first lines are enough to know them by. */
const SYSTEM_LINES = 4;
/** The answer is what the reader came for. */
const ANSWER_LINES = 60;

/** The model call before this one, as far as the prompts are concerned. */
export interface PreviousCall {
  readonly spanId: string;
  readonly name: string;
  readonly content: Content;
}

interface ConversationProps {
  readonly content: Content;
  readonly previous: PreviousCall | null;
  readonly onSelect: (spanId: string) => void;
}

export function Conversation(props: ConversationProps): ReactElement | null {
  const { content, previous, onSelect } = props;
  const { systemInstructions, inputMessages, outputMessages } = content;
  const [isWhole, setIsWhole] = useState(false);
  const delta = useMemo(
    () => (previous === null ? null : promptDelta(previous.content, content)),
    [previous, content],
  );
  const pairs = useMemo(
    () => pairTools([...inputMessages, ...outputMessages]),
    [inputMessages, outputMessages],
  );
  const foldable = foldedMessages(inputMessages, delta);
  const hidden = isWhole ? 0 : foldable;
  const isUnchanged = delta !== null && delta.unchanged >= foldable && foldable > 0;
  if (systemInstructions.length + inputMessages.length + outputMessages.length === 0) return null;
  const shown = inputMessages.slice(hidden);
  return (
    <div className="sv-conversation">
      <div className="sv-prompt-copy">
        <CopyButton text={() => promptText(content)} what="prompt" label="Copy the prompt" />
      </div>
      {systemInstructions.length > 0 && (
        <Turn role="system" note={delta?.isSystemUnchanged ? "unchanged" : undefined}>
          {systemInstructions.map((part, at) => (
            <Part key={at} part={part} pairs={pairs} lines={SYSTEM_LINES} />
          ))}
        </Turn>
      )}
      <Missing note={missingNote(inputMessages[0], true)} />
      {foldable > 0 && (
        <div className="sv-earlier">
          <button type="button" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
            <Icon name={isWhole ? "fold" : "unfold"} /> {plural(foldable, "earlier message")}
            {isUnchanged && ", unchanged"}
          </button>
          {isUnchanged && previous !== null && (
            <span>
              since{" "}
              <button type="button" className="sv-link" onClick={() => onSelect(previous.spanId)}>
                {previous.name}
              </button>
            </span>
          )}
        </div>
      )}
      {shown.map((message, at) => (
        <MessageTurn
          key={hidden + at}
          message={message}
          pairs={pairs}
          before={shown.slice(0, at)}
          isFirst={hidden + at === 0}
          isOld={isWhole && hidden + at < foldable}
        />
      ))}
      {outputMessages.length > 0 && inputMessages.length > 0 && (
        <div className="sv-answer-line" aria-hidden="true">
          answer
        </div>
      )}
      {outputMessages.map((message, at) => (
        <MessageTurn
          key={`answer-${at}`}
          message={message}
          pairs={pairs}
          before={shown}
          lines={ANSWER_LINES}
        />
      ))}
    </div>
  );
}

interface MessageTurnProps {
  readonly message: Message;
  readonly pairs: ToolPairs;
  /** The messages above it: results whose call stands there are shown with their call. */
  readonly before: readonly Message[];
  /** What is missing before the first message is said above all. */
  readonly isFirst?: boolean;
  readonly isOld?: boolean;
  readonly lines?: number;
}

function MessageTurn(props: MessageTurnProps): ReactElement | null {
  const { message, pairs, before, isFirst = false, isOld = false, lines } = props;
  const parts = message.parts.filter((part) => !isShownAbove(part, pairs, before));
  if (parts.length === 0 && message.parts.length > 0) return null;
  return (
    <>
      {!isFirst && <Missing note={missingNote(message, false)} />}
      <Turn
        role={message.role}
        name={message.name}
        finishReason={message.finishReason}
        note={message.isTruncated ? "cut by the sender" : undefined}
        isOld={isOld}
      >
        {message.parts.length === 0 && !message.isTruncated && (
          <p className="sv-note">empty message</p>
        )}
        {parts.map((part, at) => (
          <Part key={at} part={part} pairs={pairs} lines={lines} />
        ))}
        <MoreFields fields={message.extra} of="message" />
      </Turn>
    </>
  );
}

function Missing({ note }: { readonly note: string | null }): ReactElement | null {
  return note === null ? null : (
    <p className="sv-messages-missing">
      <Icon name="warning" /> {note}
    </p>
  );
}

function isShownAbove(part: MessagePart, pairs: ToolPairs, before: readonly Message[]): boolean {
  if (part.type !== "tool_result") return false;
  const call = pairs.callOf.get(part);
  return call !== undefined && before.some((message) => message.parts.includes(call));
}

interface TurnProps {
  readonly role: string;
  readonly name?: string | null | undefined;
  readonly finishReason?: string | null;
  readonly note?: string | undefined;
  readonly isOld?: boolean;
  readonly children: ReactNode;
}

const ROLES = new Set(["system", "user", "assistant", "tool"]);

/** Reasons that mean the answer is whole: not worth a word. */
const WHOLE = new Set(["stop", "end_turn", "tool_use", "tool_calls", "tool_call"]);

function Turn(props: TurnProps): ReactElement {
  const { role, name, finishReason, note, isOld = false, children } = props;
  const classes = ["sv-turn", `sv-role-${ROLES.has(role) ? role : "other"}`, isOld && "sv-old"];
  return (
    <article className={classes.filter(Boolean).join(" ")}>
      <h4>
        {role}
        {name && <span className="sv-note">{name}</span>}
        {note !== undefined && <span className="sv-note">{note}</span>}
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
