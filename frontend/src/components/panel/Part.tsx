/** One part of a message: each kind in its view, what has none as it came, under its own name. */

import type { ReactElement } from "react";
import { plural } from "../../model/labels/format";
import { rawPart, type ToolPairs } from "../../model/text/conversation";
import type { Attributes, Json, MessagePart } from "../../model/trace/span";
import { Icon } from "../Icon";
import { CapturedValue } from "./CapturedValue";
import { JsonView } from "./JsonView";
import { LongText, WrittenText } from "./LongText";
import { MediaPart } from "./MediaPart";

interface PartProps {
  readonly part: MessagePart;
  readonly pairs?: ToolPairs | null;
  readonly lines?: number | undefined;
}

export function Part({ part, pairs = null, lines }: PartProps): ReactElement {
  return (
    <>
      <PartView part={part} pairs={pairs} lines={lines} />
      <MoreFields fields={part.extra} of="part" />
    </>
  );
}

function PartView({ part, pairs, lines }: PartProps): ReactElement {
  switch (part.type) {
    case "text":
      return <WrittenText text={part.text} what="message" lines={lines} />;
    case "reasoning":
      return <Reasoning text={part.text} />;
    case "tool_call": {
      const result = pairs?.resultOf.get(part);
      return (
        <>
          <ToolExchange name={part.name} id={part.id} parameters={part.arguments} result={result} />
          <MoreFields fields={result?.extra} of="result" />
        </>
      );
    }
    case "tool_result": {
      const call = pairs?.callOf.get(part);
      return call ? (
        <ToolExchange name={call.name} id={call.id} parameters={call.arguments} result={part} />
      ) : (
        <ToolResult
          label="Result of a call that is not in this prompt"
          of={[part.name, part.id].filter(Boolean).join(" ")}
          result={part}
        />
      );
    }
    case "media":
      return <MediaPart part={part} />;
    case "other":
      return <RawPart value={part.value} />;
  }
}

function Reasoning({ text }: { readonly text: string }): ReactElement {
  if (text === "") return <p className="sv-note">Reasoning that the provider keeps secret</p>;
  return (
    <details className="sv-reasoning">
      <summary>Reasoning ({plural(text.length, "character")})</summary>
      <LongText text={text} what="reasoning" />
    </details>
  );
}

function RawPart({ value }: { readonly value: Json }): ReactElement {
  const { name, value: held } = rawPart(value);
  return (
    <section className="sv-raw-part" aria-label={name}>
      <h5>
        <code>{name}</code>
      </h5>
      {held !== undefined && <CapturedValue value={held} what={name} />}
    </section>
  );
}

interface MoreFieldsProps {
  readonly fields: Attributes | null | undefined;
  readonly of: string;
}

/** What a sender wrote beside what is shown: its names at once, its values on request. */
export function MoreFields({ fields, of }: MoreFieldsProps): ReactElement | null {
  if (!fields) return null;
  return (
    <details className="sv-more-fields">
      <summary>
        Also in this {of}: {Object.keys(fields).join(", ")}
      </summary>
      <JsonView value={fields} what={`other fields of the ${of}`} />
    </details>
  );
}

/** What came back from a tool; its parts, where pictures or files are among it. */
interface Returned {
  readonly result: Json | undefined;
  readonly parts?: readonly MessagePart[] | null;
  readonly isError?: boolean;
}

interface ToolExchangeProps {
  readonly name: string;
  /** The id of the call, by which a result finds it. */
  readonly id?: string | null;
  readonly parameters: Json | undefined;
  /** Undefined while nothing has come back, as far as this span knows. */
  readonly result: Returned | undefined;
}

/** What a tool was asked and what it said, side by side where there is room. */
export function ToolExchange(props: ToolExchangeProps): ReactElement {
  const { name, id = null, parameters, result } = props;
  return (
    <section className="sv-tool" aria-label={`Call of ${name}`}>
      <h5>
        <Icon name="tool" /> <code>{name}</code>
        {id !== null && <span className="sv-note">{id}</span>}
      </h5>
      <div className={`sv-tool-sides ${result?.result === undefined ? "" : "sv-tool-both"}`}>
        <Labelled label="Arguments" value={parameters} />
        {result?.result !== undefined && <ToolResult label="Result" result={result} />}
      </div>
    </section>
  );
}

interface ToolResultProps {
  readonly label: string;
  /** The tool and the id of the call, where these are not said above. */
  readonly of?: string;
  readonly result: Returned;
}

/** A result; that the call has failed is said by the sender, not seen in the result. */
function ToolResult({ label, of = "", result }: ToolResultProps): ReactElement {
  const { parts, isError = false } = result;
  return (
    <div className="sv-labelled">
      <div className="sv-label">
        {label}
        {of !== "" && <span className="sv-note"> {of}</span>}
        {isError && (
          <span className="sv-call-failed">
            <Icon name="error" /> the call failed
          </span>
        )}
      </div>
      {parts ? (
        parts.map((part, at) => <Part key={at} part={part} />)
      ) : (
        <CapturedValue value={result.result ?? null} what={label.toLowerCase()} />
      )}
    </div>
  );
}

interface LabelledProps {
  readonly label: string;
  readonly value: Json | undefined;
}

function Labelled({ label, value }: LabelledProps): ReactElement {
  return (
    <div className="sv-labelled">
      <div className="sv-label">{label}</div>
      {value === undefined ? (
        <p className="sv-note">not recorded</p>
      ) : (
        <CapturedValue value={value} what={label.toLowerCase()} />
      )}
    </div>
  );
}
