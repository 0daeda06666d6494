import { Fragment, type ReactElement, type ReactNode } from "react";
import { exactMoment, formatDuration } from "../../model/format";
import type { Attributes, Json, SpanDetail } from "../../model/span";
import { CopyButton } from "../CopyButton";
import { JsonView } from "./JsonView";

export function AttributesView({ detail }: { readonly detail: SpanDetail }): ReactElement {
  const links = Array.isArray(detail.links) ? detail.links : [];
  return (
    <>
      <AttributeTable caption="Attributes" attributes={detail.attributes} />
      {detail.events.map((event, at) => (
        <AttributeTable
          key={at}
          caption={`Event “${event.name}”, ${offsetOf(detail, event.time)}`}
          attributes={{ time: exactMoment(event.time), ...event.attributes }}
        />
      ))}
      {links.length > 0 && (
        <section className="sv-section">
          <h4>Links</h4>
          <JsonView value={links} what="links" />
        </section>
      )}
      <AttributeTable caption="Span" attributes={identity(detail)} />
      <AttributeTable caption="Resource" attributes={detail.resource} />
    </>
  );
}

function identity(detail: SpanDetail): Attributes {
  return {
    span_id: detail.spanId,
    parent_span_id: detail.parentSpanId,
    trace_id: detail.traceId,
    otel_kind: detail.otelKind,
    started: exactMoment(detail.start),
    ended: detail.end === null ? null : exactMoment(detail.end),
    scope: [detail.scope?.name, detail.scope?.version].filter(Boolean).join(" "),
  };
}

/** Relative to the span's start; clocks may put an event before it. */
function offsetOf(detail: SpanDetail, time: bigint): string {
  const offset = time - detail.start;
  return offset < 0n ? formatDuration(offset) : `+${formatDuration(offset)}`;
}

interface AttributeTableProps {
  readonly caption: string;
  readonly attributes: Attributes;
}

function AttributeTable({ caption, attributes }: AttributeTableProps): ReactElement | null {
  const entries = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return null;
  return (
    <table className="sv-table sv-attributes">
      <caption>{caption}</caption>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{breakable(name)}</th>
            <td>
              <AttributeValue name={name} value={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Dotted names may break behind each part, not within one. */
function breakable(name: string): ReactNode {
  const parts = name.split(/(?<=[._])/);
  return parts.map((part, at) => (
    <Fragment key={at}>
      {part}
      <wbr />
    </Fragment>
  ));
}

interface AttributeValueProps {
  readonly name: string;
  readonly value: Json;
}

function AttributeValue({ name, value }: AttributeValueProps): ReactElement {
  if (typeof value === "object" && value !== null) {
    return <JsonView value={value} openLevels={0} what={name} />;
  }
  return (
    <span className="sv-attribute-value">
      {String(value)}
      <CopyButton text={String(value)} what={name} />
    </span>
  );
}
