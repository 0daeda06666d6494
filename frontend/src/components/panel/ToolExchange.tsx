import type { ReactElement } from "react";
import type { Json } from "../../model/trace/span";
import { Icon } from "../Icon";
import { JsonView } from "./JsonView";
import { WrittenText } from "./LongText";

interface ToolExchangeProps {
  readonly name: string;
  readonly parameters: Json | undefined;
  /** Undefined while nothing has come back, as far as this span knows. */
  readonly result: Json | undefined;
}

/** What a tool was asked and what it said, side by side where there is room. */
export function ToolExchange({ name, parameters, result }: ToolExchangeProps): ReactElement {
  return (
    <section className="sv-tool" aria-label={`Call of ${name}`}>
      <h5>
        <Icon name="tool" /> <code>{name}</code>
      </h5>
      <div className="sv-tool-sides">
        <Labelled label="Arguments" value={parameters} />
        {result !== undefined && <Labelled label="Result" value={result} />}
      </div>
    </section>
  );
}

interface LabelledProps {
  readonly label: string;
  readonly value: Json | undefined;
}

export function Labelled({ label, value }: LabelledProps): ReactElement {
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

interface CapturedValueProps {
  readonly value: Json;
  readonly what: string;
}

/** A captured value: text as text, everything else as JSON. */
export function CapturedValue({ value, what }: CapturedValueProps): ReactElement {
  return typeof value === "string" ? (
    <WrittenText text={value} what={what} />
  ) : (
    <JsonView value={value} what={what} />
  );
}
