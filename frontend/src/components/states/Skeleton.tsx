import type { ReactElement } from "react";

/** Indent and bar of each row, so that what appears next is already in shape. */
const ROWS: readonly (readonly [indent: number, name: number, left: number, width: number])[] = [
  [0, 130, 0, 100],
  [1, 90, 0, 22],
  [2, 150, 2, 18],
  [1, 110, 22, 40],
  [2, 80, 23, 12],
  [2, 120, 36, 24],
  [1, 100, 62, 30],
  [2, 160, 64, 26],
  [1, 70, 92, 8],
];

export function TabSkeleton(): ReactElement {
  return (
    <div className="sv-skeleton" role="status" aria-label="Loading the trace">
      <div className="sv-skeleton-header">
        <i style={{ width: 320, height: 22 }} />
        <i style={{ width: 460 }} />
      </div>
      {ROWS.map(([indent, name, left, width], at) => (
        <div className="sv-skeleton-row" key={at}>
          <span style={{ paddingLeft: indent * 14 }}>
            <i style={{ width: name }} />
          </span>
          <span>
            <i style={{ marginLeft: `${left}%`, width: `${width}%` }} />
          </span>
        </div>
      ))}
    </div>
  );
}

export function LinesSkeleton({ lines }: { readonly lines: number }): ReactElement {
  return (
    <div className="sv-skeleton-lines" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => (
        <i key={at} style={{ width: `${92 - ((at * 37) % 50)}%` }} />
      ))}
    </div>
  );
}
