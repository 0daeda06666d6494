/** Who has seen an execution or a span: who, what of it, how, and when. */

import { useMemo, useState, type ReactElement, type ReactNode } from "react";
import { exactCount, exactMoment, formatMoment, plural } from "../../model/labels/format";
import type { Access, AccessPage, AccessReader } from "../../model/trace/source";
import { nanosFromMilliseconds, type Nanos } from "../../model/time/time";
import { browserTimer } from "../../state/polling";
import { createResource, type ResourceView } from "../../state/resource";
import { ProblemView } from "../states/ProblemView";
import { LinesSkeleton } from "../states/Skeleton";
import { useResource } from "../useResource";
import { howSeen, whatSeen } from "./accessWords";

interface AccessListProps {
  readonly reader: AccessReader;
  readonly executionId: string;
  /** Null for all of the execution. */
  readonly spanId: string | null;
  readonly nameOf: (spanId: string) => string | null;
}

export function AccessList(props: AccessListProps): ReactElement {
  return (
    <>
      <p className="sv-note">
        {props.spanId === null
          ? "Every read is recorded before it is answered, and each refused one."
          : "Reads of this span and of its files. Reads of the whole execution (trace, search, export) are listed with the execution."}
      </p>
      <table className="sv-table sv-accesses" aria-label="Who has seen this">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">How</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <Page {...props} cursor={null} />
      </table>
    </>
  );
}

interface PageProps extends AccessListProps {
  readonly cursor: string | null;
}

/** A page, and below it the next one when it was asked for. */
function Page(props: PageProps): ReactElement {
  const { reader, executionId, spanId, cursor } = props;
  const resource = useMemo(
    () =>
      createResource((signal) => reader.list(executionId, spanId, cursor, signal), browserTimer),
    [reader, executionId, spanId, cursor],
  );
  const view = useResource(resource);
  const [isNextOpen, setIsNextOpen] = useState(false);
  const nextCursor = view.value?.nextCursor ?? null;
  return (
    <>
      <AccessRows
        view={view}
        isFirst={cursor === null}
        nameOf={props.nameOf}
        onRetry={resource.start}
        onOlder={nextCursor === null || isNextOpen ? null : () => setIsNextOpen(true)}
      />
      {isNextOpen && nextCursor !== null && <Page {...props} cursor={nextCursor} />}
    </>
  );
}

interface AccessRowsProps {
  readonly view: ResourceView<AccessPage>;
  readonly isFirst: boolean;
  readonly nameOf: (spanId: string) => string | null;
  readonly onRetry: () => void;
  /** Null where there is no further page, or it is shown. */
  readonly onOlder: (() => void) | null;
}

/** The rows of one page in each of its states. */
export function AccessRows(props: AccessRowsProps): ReactElement {
  const { view, isFirst, nameOf, onRetry, onOlder } = props;
  const { value, problem, readAt } = view;
  if (value === null) {
    return (
      <Across>
        {problem ? (
          <ProblemView problem={problem} subject="list of who has seen this" onRetry={onRetry} />
        ) : (
          <LinesSkeleton lines={4} />
        )}
      </Across>
    );
  }
  const now = nanosFromMilliseconds(readAt);
  const isEmpty = value.items.length === 0 && value.unreadable === 0 && onOlder === null;
  return (
    <>
      <tbody>
        {value.items.map((access) => (
          <Line key={access.accessId} access={access} now={now} nameOf={nameOf} />
        ))}
      </tbody>
      {isFirst && isEmpty && <Across>Nobody yet.</Across>}
      {value.unreadable > 0 && (
        <Across>{plural(value.unreadable, "record")} cannot be read.</Across>
      )}
      {onOlder && (
        <Across>
          <button type="button" className="sv-small-button" onClick={onOlder}>
            Show older
          </button>
        </Across>
      )}
    </>
  );
}

interface LineProps {
  readonly access: Access;
  readonly now: Nanos;
  readonly nameOf: (spanId: string) => string | null;
}

function Line({ access, now, nameOf }: LineProps): ReactElement {
  const until = access.lastAt === null ? "" : ` to ${exactMoment(access.lastAt)}`;
  return (
    <tr>
      <th scope="row">
        {access.principalName ?? access.principal}
        {access.principalName !== null && access.principalName !== access.principal && (
          <span className="sv-note">{access.principal}</span>
        )}
      </th>
      <td>{whatSeen(access, nameOf)}</td>
      <td className={`sv-seen-${access.outcome}`}>
        {howSeen(access)}
        {access.count > 1 && (
          <span className="sv-note" title={`At least ${exactCount(access.count)} times`}>
            {" "}
            {exactCount(access.count)} times
          </span>
        )}
      </td>
      <td title={`${exactMoment(access.at)}${until}`}>{formatMoment(access.at, now)}</td>
    </tr>
  );
}

function Across({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <tbody>
      <tr>
        <td colSpan={4}>{children}</td>
      </tr>
    </tbody>
  );
}
