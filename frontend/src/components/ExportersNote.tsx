/** Shows in the header that an exporter of the function fails; a press shows the state of all exporters. */

import { useRef, useState, type ReactElement } from "react";
import type { Execution } from "../model/trace/execution";
import { exporterNote, exporterStates, type ExporterState } from "../model/labels/exporters";
import type { Nanos } from "../model/time/time";
import { Icon } from "./Icon";
import { Popover } from "./Popover";

interface ExportersNoteProps {
  readonly execution: Execution;
  readonly now: Nanos;
}

export function ExportersNote({ execution, now }: ExportersNoteProps): ReactElement | null {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const states = exporterStates(execution, now);
  const note = exporterNote(states);
  if (note === "") return null;
  return (
    <span className="sv-filter sv-exporters">
      <button
        type="button"
        ref={button}
        className="sv-fact sv-link sv-fact-warn"
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="warning" /> {note}
      </button>
      {isOpen && (
        <Popover label="Exporters" buttonRef={button} onClose={() => setIsOpen(false)}>
          <ExporterList states={states} />
          <p className="sv-note">As the function reported when this execution ended.</p>
        </Popover>
      )}
    </span>
  );
}

/** Lists every exporter with its state, also those that work. */
export function ExporterList({
  states,
}: {
  readonly states: readonly ExporterState[];
}): ReactElement {
  return (
    <dl className="sv-exporter-list">
      {states.map(({ name, state, detail, isFailing }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span className={isFailing ? "sv-exporter-failing" : ""}>{state}</span>
            {detail !== "" && <p>{detail}</p>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
