import type { ReactElement } from "react";
import type { Sort } from "../model/list/sortLines";
import { nextSort } from "../state/columns";
import { Icon } from "./Icon";

interface SortHeadProps {
  readonly by: Sort["by"];
  readonly label: string;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
}

/** The head of a column that can be sorted: presses sort siblings descending, then ascending, then not at all. */
export function SortHead({ by, label, sort, onSort }: SortHeadProps): ReactElement {
  const isSorted = sort?.by === by;
  const order = isSorted ? (sort.isLargestFirst ? "largest first" : "smallest first") : "as it ran";
  return (
    <button
      type="button"
      className={`sv-number sv-sort sv-column-${by}`}
      aria-pressed={isSorted}
      aria-label={`${label}, ${order}: sort`}
      title={`${label}: ${order}`}
      onClick={() => onSort(nextSort(sort, by))}
    >
      {isSorted && <Icon name={sort.isLargestFirst ? "down" : "up"} />}
      {label}
    </button>
  );
}
