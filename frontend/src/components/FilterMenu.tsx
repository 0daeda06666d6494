/** What else the reader may want to see alone: a kind, a status, a node, the hits of the search. */

import { useMemo, useRef, type ReactElement, type RefObject } from "react";
import { asHue, asRowStatus, NO_FILTER, refinements } from "../model/list/filter";
import { statusWord } from "../model/labels/describe";
import { kindHue } from "../model/labels/kinds";
import type { TraceStore } from "../state/traceStore";
import type { LoadedTrace, TraceView } from "../state/traceView";
import { Icon } from "./Icon";
import { Popover } from "./Popover";

interface FilterMenuProps {
  readonly view: TraceView;
  readonly loaded: LoadedTrace;
  readonly store: TraceStore;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

export function FilterMenu(props: FilterMenuProps): ReactElement {
  const { view, isOpen, onOpenChange } = props;
  const button = useRef<HTMLButtonElement>(null);
  const count = refinements(view.filter);
  return (
    <div className="sv-filter">
      <button
        type="button"
        ref={button}
        className="sv-toggle"
        aria-pressed={count > 0}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => onOpenChange(!isOpen)}
        title="Filter by kind, status and node (f)"
      >
        <Icon name="filter" /> <span className="sv-toggle-word">Filter</span>
        {count > 0 && <span>{count}</span>}
      </button>
      {isOpen && <Menu {...props} buttonRef={button} />}
    </div>
  );
}

interface MenuProps extends FilterMenuProps {
  readonly buttonRef: RefObject<HTMLButtonElement | null>;
}

function Menu({ view, loaded, store, onOpenChange, buttonRef }: MenuProps): ReactElement {
  const { rows } = loaded.trace;
  const choices = useMemo(
    () => ({
      hues: unique(rows.map(({ kind }) => kindHue(kind))),
      statuses: unique(rows.map(({ status }) => status)),
      nodes: unique(rows.flatMap(({ nodeId }) => nodeId ?? [])),
    }),
    [rows],
  );
  const { filter } = view;
  return (
    <Popover label="Filter" buttonRef={buttonRef} onClose={() => onOpenChange(false)}>
      <Choice
        label="Kind"
        value={filter.hue}
        choices={choices.hues.map((hue) => [hue, hue])}
        onChoose={(hue) => store.filter({ hue: asHue(hue) })}
      />
      <Choice
        label="Status"
        value={filter.status}
        choices={choices.statuses.map((status) => [status, statusWord(status)])}
        onChoose={(status) => store.filter({ status: asRowStatus(status) })}
      />
      <Choice
        label="Node"
        value={filter.nodeId}
        choices={choices.nodes.map((node) => [node, node])}
        onChoose={(nodeId) => store.filter({ nodeId })}
      />
      <label className="sv-check">
        <input
          type="checkbox"
          checked={filter.onlyHits}
          disabled={view.query === ""}
          onChange={(event) => store.filter({ onlyHits: event.target.checked })}
        />
        Only what the search finds
      </label>
      <button
        type="button"
        className="sv-link"
        disabled={refinements(filter) === 0}
        onClick={() => store.filter(NO_FILTER)}
      >
        Show all spans
      </button>
    </Popover>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | null;
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly onChoose: (value: string | null) => void;
}

function Choice({ label, value, choices, onChoose }: ChoiceProps): ReactElement {
  return (
    <label className="sv-choice">
      {label}
      <select
        value={value ?? ""}
        onChange={(event) => onChoose(event.target.value === "" ? null : event.target.value)}
      >
        <option value="">any</option>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function unique<T extends string>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].sort();
}
