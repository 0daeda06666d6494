/** Which columns the list has, and by what its siblings are sorted. */

import { useRef, type ReactElement } from "react";
import { AMOUNTS, type Sort } from "../model/list/sortLines";
import { COLUMNS, type Column, type Columns } from "../state/columns";
import type { Store } from "../state/store";
import { Icon } from "./Icon";
import { Popover } from "./Popover";
import { useReadable } from "./useReadable";

interface ColumnsMenuProps {
  readonly columns: Store<Columns>;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

const LABELS: Readonly<Record<Column, string>> = {
  waterfall: "Waterfall",
  duration: "Duration",
  tokens: "Tokens",
  cost: "Cost",
};
const ORDERS: readonly (readonly [value: string, label: string])[] = [
  ["", "as it ran"],
  ...AMOUNTS.flatMap((by): readonly (readonly [string, string])[] => [
    [`${by}:largest`, `${by}, largest first`],
    [`${by}:smallest`, `${by}, smallest first`],
  ]),
];

export function ColumnsMenu({ columns, isOpen, onOpenChange }: ColumnsMenuProps): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  const { hidden, sort } = useReadable(columns);
  const show = (column: Column, isShown: boolean): void => {
    const rest = COLUMNS.filter((name) => (name === column ? !isShown : hidden.has(name)));
    columns.set({ sort, hidden: new Set(rest) });
  };
  return (
    <div className="sv-filter sv-filter-right">
      <button
        type="button"
        ref={button}
        className="sv-icon-button"
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => onOpenChange(!isOpen)}
        title="Columns and order (v)"
        aria-label="Columns and order (v)"
      >
        <Icon name="columns" />
      </button>
      {isOpen && (
        <Popover label="Columns and order" buttonRef={button} onClose={() => onOpenChange(false)}>
          {COLUMNS.map((column) => (
            <label key={column} className="sv-check">
              <input
                type="checkbox"
                checked={!hidden.has(column)}
                onChange={(event) => show(column, event.target.checked)}
              />
              {LABELS[column]}
            </label>
          ))}
          <label className="sv-choice">
            Order
            <select
              value={sort ? `${sort.by}:${sort.isLargestFirst ? "largest" : "smallest"}` : ""}
              onChange={(event) => columns.set({ hidden, sort: asSort(event.target.value) })}
            >
              {ORDERS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </Popover>
      )}
    </div>
  );
}

function asSort(value: string): Sort | null {
  const [name, direction] = value.split(":");
  const by = AMOUNTS.find((amount) => amount === name);
  return by ? { by, isLargestFirst: direction === "largest" } : null;
}
