import {
  memo,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
} from "react";
import { exactCount, formatBytes, plural } from "../../model/labels/format";
import {
  findInJson,
  formatPath,
  hasEntries,
  jsonLines,
  openedTo,
  parentKey,
  type JsonLine,
  jsonText,
} from "../../model/text/jsonTree";
import { writeJson } from "../../model/text/exactJson";
import type { Json } from "../../model/trace/span";
import { CopyButton } from "../CopyButton";
import { Icon } from "../Icon";
import { RedactedText } from "./RedactedText";

interface JsonViewProps {
  readonly value: Json;
  /** How many levels are open at first. */
  readonly openLevels?: number;
  readonly what: string;
}

const NONE: ReadonlySet<string> = new Set();
const FIRST_LINES = 300;
const SHOWN_CHARACTERS = 400;
/** Smaller values are found by eye. */
const LEAST_ENTRIES_FOR_SEARCH = 15;

/** JSON as a tree: opens level by level, is searched, gives the path of what is chosen in it. */
export function JsonView({ value, openLevels = 2, what }: JsonViewProps): ReactElement {
  const id = useId();
  const tree = useRef<HTMLDivElement>(null);
  const [turned, setTurned] = useState(NONE);
  const [limit, setLimit] = useState(FIRST_LINES);
  const [chosen, setChosen] = useState<string | null>(null);
  const [longOpen, setLongOpen] = useState(NONE);
  const [query, setQuery] = useState("");
  const { lines, isCut } = useMemo(
    () => jsonLines(value, openLevels, turned, limit),
    [value, openLevels, turned, limit],
  );
  const hits = useMemo(() => findInJson(value, query), [value, query]);
  const isSearchable = useMemo(() => hasEntries(value, LEAST_ENTRIES_FOR_SEARCH), [value]);
  const isLeaf = typeof value !== "object" || value === null;
  const at = lines.findIndex(({ key }) => key === chosen);
  const line = lines[at];

  const choose = (key: string): void => {
    setChosen(key);
    setTurned(openedTo(key, openLevels, turned));
  };
  const turn = ({ key }: JsonLine): void => {
    const next = new Set(turned);
    if (!next.delete(key)) next.add(key);
    setTurned(next);
    setChosen(key);
  };
  const goTo = (step: 1 | -1): void => {
    const found = chosen === null ? -1 : hits.indexOf(chosen);
    const wanted = found < 0 && step < 0 ? hits.length - 1 : found + step;
    const hit = hits[(wanted + hits.length) % hits.length];
    if (hit === undefined) return;
    // A hit further down than what is drawn is drawn with what stands before it.
    setLimit(Number.MAX_SAFE_INTEGER);
    choose(hit);
    requestAnimationFrame(() => {
      tree.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    });
  };

  const press = (event: KeyboardEvent): void => {
    const move = (wanted: JsonLine | undefined): void => {
      if (wanted) setChosen(wanted.key);
    };
    switch (event.key) {
      case "ArrowDown":
        move(lines[Math.min(at + 1, lines.length - 1)]);
        break;
      case "ArrowUp":
        move(lines[Math.max(at - 1, 0)]);
        break;
      case "Home":
        move(lines[0]);
        break;
      case "End":
        move(lines.at(-1));
        break;
      case "ArrowRight":
        if (line && line.size > 0 && !line.isOpen) turn(line);
        else move(lines[at + 1]);
        break;
      case "ArrowLeft":
        if (line?.isOpen) turn(line);
        else if (line) setChosen(parentKey(line.key));
        break;
      case "Enter":
      case " ":
        if (line && line.size > 0) turn(line);
        else if (line) setLongOpen(new Set(longOpen).add(line.key));
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
    requestAnimationFrame(() => {
      tree.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    });
  };

  return (
    <div className="sv-json sv-code">
      <div className="sv-json-tools">
        {isSearchable && (
          <label className="sv-json-search">
            <Icon name="search" />
            <input
              type="search"
              placeholder="Search"
              aria-label={`Search in the ${what}`}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault();
                goTo(event.shiftKey ? -1 : 1);
              }}
            />
            <output>{query.trim() !== "" && hitCount(hits, chosen)}</output>
          </label>
        )}
        <CopyButton
          text={() => writeJson(value, 2)}
          what={what}
          className={isSearchable ? "" : "sv-text-copy"}
        />
      </div>
      {isLeaf ? (
        <div className="sv-json-line">
          <Leaf value={value} isWhole={longOpen.has("")} />
        </div>
      ) : (
        <div
          ref={tree}
          role="tree"
          aria-label={`The ${what} as a tree`}
          tabIndex={0}
          className="sv-json-tree"
          aria-activedescendant={line ? id + line.key : undefined}
          onKeyDown={press}
          onFocus={(event) => {
            if (event.target === tree.current && chosen === null) setChosen("");
          }}
        >
          {lines.map((shown) => (
            <Line
              key={shown.key}
              id={id + shown.key}
              line={shown}
              isChosen={shown.key === chosen}
              isHit={query !== "" && hits.includes(shown.key)}
              isWhole={longOpen.has(shown.key)}
              onPress={() => (shown.size > 0 ? turn(shown) : setChosen(shown.key))}
              onWhole={() => setLongOpen(new Set(longOpen).add(shown.key))}
            />
          ))}
        </div>
      )}
      {isCut && (
        <button type="button" className="sv-more" onClick={() => setLimit(limit * 10)}>
          Show more than the first {exactCount(lines.length)} lines
        </button>
      )}
      {line && (
        <div className="sv-json-path">
          <code>{formatPath(line.path)}</code>
          <span className="sv-json-copies">
            <CopyButton text={formatPath(line.path)} what="path" label="path" />
            <CopyButton text={() => jsonText(line.value)} what="value" label="value" />
          </span>
        </div>
      )}
    </div>
  );
}

function hitCount(hits: readonly string[], chosen: string | null): string {
  if (hits.length === 0) return "none";
  const number = chosen === null ? 0 : hits.indexOf(chosen) + 1;
  return `${number === 0 ? "–" : number}/${hits.length}`;
}

interface LineProps {
  readonly id: string;
  readonly line: JsonLine;
  readonly isChosen: boolean;
  readonly isHit: boolean;
  readonly isWhole: boolean;
  readonly onPress: () => void;
  readonly onWhole: () => void;
}

const INDENT = 14;
const DEEPEST_INDENT = 12;

const Line = memo(
  function Line(props: LineProps): ReactElement {
    const { id, line, isChosen, isHit, isWhole, onPress, onWhole } = props;
    const isList = Array.isArray(line.value);
    const classes = ["sv-json-line", isChosen && "sv-json-chosen", isHit && "sv-json-hit"];
    return (
      <div
        id={id}
        role="treeitem"
        aria-level={line.level}
        aria-expanded={line.size > 0 ? line.isOpen : undefined}
        aria-setsize={line.siblings}
        aria-posinset={line.position}
        aria-selected={isChosen}
        className={classes.filter(Boolean).join(" ")}
        style={{ paddingLeft: Math.min(line.level - 1, DEEPEST_INDENT) * INDENT }}
        onClick={onPress}
      >
        <span className="sv-json-caret">
          {line.size > 0 && <Icon name={line.isOpen ? "down" : "right"} />}
        </span>
        <span className="sv-json-entry">
          {line.name !== null && (
            <span className="sv-json-name">
              <RedactedText text={line.name} />
              {": "}
            </span>
          )}
          {typeof line.value === "object" && line.value !== null ? (
            <span className="sv-json-size">{sizeOf(line, isList)}</span>
          ) : (
            <Leaf value={line.value} isWhole={isWhole} onWhole={onWhole} />
          )}
        </span>
      </div>
    );
  },
  (before, after) =>
    before.line.key === after.line.key &&
    before.line.value === after.line.value &&
    before.line.isOpen === after.line.isOpen &&
    before.isChosen === after.isChosen &&
    before.isHit === after.isHit &&
    before.isWhole === after.isWhole,
);

function sizeOf(line: JsonLine, isList: boolean): string {
  if (line.size === 0) return isList ? "[ ]" : "{ }";
  return isList ? `[ ${plural(line.size, "item")} ]` : `{ ${plural(line.size, "key")} }`;
}

interface LeafProps {
  readonly value: null | boolean | number | bigint | string;
  readonly isWhole: boolean;
  readonly onWhole?: () => void;
}

function Leaf({ value, isWhole, onWhole }: LeafProps): ReactElement {
  if (typeof value !== "string") return <span className="sv-json-atom">{String(value)}</span>;
  if (value.length <= SHOWN_CHARACTERS || isWhole || !onWhole) {
    return (
      <span className="sv-json-text">
        “<RedactedText text={value} />”
      </span>
    );
  }
  return (
    <span className="sv-json-text">
      “<RedactedText text={value.slice(0, SHOWN_CHARACTERS)} />
      …”{" "}
      <button type="button" tabIndex={-1} className="sv-more" onClick={onWhole}>
        Show all {formatBytes(value.length)}
      </button>
    </span>
  );
}
