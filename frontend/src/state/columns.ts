/** Keeps which columns the list has and how it is sorted, in this browser and for every run. */

import { AMOUNTS, type Sort } from "../model/list/sortLines";
import { createStore, type Store } from "./store";

export const COLUMNS = ["waterfall", ...AMOUNTS] as const;
export type Column = (typeof COLUMNS)[number];

export interface Columns {
  readonly hidden: ReadonlySet<Column>;
  /** Null: as it ran. */
  readonly sort: Sort | null;
}

export const ALL_COLUMNS: Columns = { hidden: new Set(), sort: null };

const STORAGE_KEY = "spanvas.columns";

/** Creates the store of the columns. Without storage a choice lasts until the page is closed. */
export function createColumns(storage: () => Storage = () => window.localStorage): Store<Columns> {
  const store = createStore(readColumns(storage));
  return {
    ...store,
    set: (columns) => {
      store.set(columns);
      try {
        storage().setItem(STORAGE_KEY, formatColumns(columns));
      } catch {
        // The choice holds for as long as this store does.
      }
    },
  };
}

/** `-tokens -cost duration:largest`: short words, so that a look into the storage tells all. */
function formatColumns({ hidden, sort }: Columns): string {
  const words = [...hidden].map((column) => `-${column}`);
  if (sort) words.push(`${sort.by}:${sort.isLargestFirst ? "largest" : "smallest"}`);
  return words.join(" ");
}

function readColumns(storage: () => Storage): Columns {
  try {
    return parseColumns(storage().getItem(STORAGE_KEY) ?? "");
  } catch {
    return ALL_COLUMNS;
  }
}

function parseColumns(text: string): Columns {
  const words = text.split(" ");
  const hidden = new Set(COLUMNS.filter((column) => words.includes(`-${column}`)));
  const by = AMOUNTS.find((amount) => words.some((word) => word.startsWith(`${amount}:`)));
  const sort = by ? { by, isLargestFirst: words.includes(`${by}:largest`) } : null;
  return { hidden, sort };
}

/** Returns the next order when a column's head is pressed: largest first, smallest first, as it ran. */
export function nextSort(sort: Sort | null, by: Sort["by"]): Sort | null {
  if (sort?.by !== by) return { by, isLargestFirst: true };
  return sort.isLargestFirst ? { by, isLargestFirst: false } : null;
}
