import { useState, type ReactElement } from "react";
import { plural } from "../../model/format";
import type { Json } from "../../model/span";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";

interface JsonViewProps {
  readonly value: Json;
  /** How many levels are open at first. */
  readonly openLevels?: number;
  readonly what: string;
}

/** JSON as a tree that opens level by level; only what is open exists in the page. */
export function JsonView({ value, openLevels = 2, what }: JsonViewProps): ReactElement {
  return (
    <div className="sv-json sv-code">
      <CopyButton text={JSON.stringify(value, null, 2)} what={what} className="sv-text-copy" />
      <Value value={value} openLevels={openLevels} />
    </div>
  );
}

interface ValueProps {
  readonly value: Json;
  readonly openLevels: number;
  readonly name?: string;
}

function Value({ value, openLevels, name }: ValueProps): ReactElement {
  if (typeof value === "object" && value !== null) {
    return <Branch value={value} openLevels={openLevels} name={name} />;
  }
  return (
    <div className="sv-json-line">
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
}

function Name({ name }: { readonly name: string | undefined }): ReactElement | null {
  return name === undefined ? null : <span className="sv-json-name">{name}: </span>;
}

const SHOWN_ENTRIES = 100;
const SHOWN_CHARACTERS = 400;

interface BranchProps {
  readonly value: readonly Json[] | Readonly<Record<string, Json>>;
  readonly openLevels: number;
  readonly name: string | undefined;
}

function Branch({ value, openLevels, name }: BranchProps): ReactElement {
  const entries = Object.entries(value);
  const [isOpen, setIsOpen] = useState(openLevels > 0);
  const [shown, setShown] = useState(SHOWN_ENTRIES);
  const isList = Array.isArray(value);
  const size = isList ? plural(entries.length, "item") : plural(entries.length, "key");
  if (entries.length === 0) {
    return (
      <div className="sv-json-line">
        <Name name={name} />
        <span className="sv-json-size">{isList ? "[]" : "{}"}</span>
      </div>
    );
  }
  return (
    <div className="sv-json-branch">
      <button
        type="button"
        className="sv-json-toggle"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name={isOpen ? "down" : "right"} />
        <Name name={name} />
        <span className="sv-json-size">
          {isList ? "[" : "{"}
          {isOpen ? "" : ` ${size} ${isList ? "]" : "}"}`}
        </span>
      </button>
      {isOpen && (
        <div className="sv-json-children">
          {entries.slice(0, shown).map(([key, child]) => (
            <Value key={key} name={key} value={child} openLevels={openLevels - 1} />
          ))}
          {entries.length > shown && (
            <button type="button" className="sv-more" onClick={() => setShown(shown * 5)}>
              Show more of {size}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Leaf({ value }: { readonly value: null | boolean | number | string }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  if (typeof value !== "string") return <span className="sv-json-atom">{String(value)}</span>;
  if (value.length <= SHOWN_CHARACTERS || isOpen) {
    return <span className="sv-json-text">“{value}”</span>;
  }
  return (
    <span className="sv-json-text">
      “{value.slice(0, SHOWN_CHARACTERS)}…{" "}
      <button type="button" className="sv-more" onClick={() => setIsOpen(true)}>
        {plural(value.length, "character")}
      </button>
    </span>
  );
}
