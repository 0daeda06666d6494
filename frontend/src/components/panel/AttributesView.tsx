import { Fragment, type ReactElement, type ReactNode } from "react";
import { exactMoment, formatDuration } from "../../model/labels/format";
import type { Attributes, Json, SpanDetail } from "../../model/trace/span";
import { CopyButton } from "../CopyButton";
import { JsonView } from "./JsonView";
import { LongText } from "./LongText";
import { Redaction, RedactedText } from "./RedactedText";

interface AttributesViewProps {
  readonly detail: SpanDetail;
  /** Whether a span is in the trace on the screen, and can be gone to. */
  readonly isKnown: (spanId: string) => boolean;
  readonly onSelect: (spanId: string) => void;
}

export function AttributesView(props: AttributesViewProps): ReactElement {
  const { detail } = props;
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
      <Links {...props} />
      <Receipts receipts={detail.receipts} />
      <AttributeTable caption="Span" attributes={identity(detail)} />
      <AttributeTable caption="Resource" attributes={detail.resource} />
    </>
  );
}

function Links({ detail, isKnown, onSelect }: AttributesViewProps): ReactElement | null {
  const links = Array.isArray(detail.links) ? (detail.links as readonly Json[]) : [];
  if (links.length === 0) return null;
  return (
    <section className="sv-section">
      <h4>Links</h4>
      {links.map((link, at) => {
        const { trace_id: traceId, span_id: spanId, attributes } = fieldsOf(link);
        const isHere = typeof spanId === "string" && traceId === detail.traceId && isKnown(spanId);
        return (
          <div key={at} className="sv-span-link">
            {isHere ? (
              <button type="button" className="sv-link" onClick={() => onSelect(spanId)}>
                span <code>{spanId}</code> of this trace
              </button>
            ) : (
              <span>
                span <code>{word(spanId)}</code> of trace <code>{word(traceId)}</code>
                <CopyButton text={word(traceId)} what="trace id" />
              </span>
            )}
            {attributes !== undefined && Object.keys(fieldsOf(attributes)).length > 0 && (
              <JsonView value={attributes} openLevels={1} what="link's attributes" />
            )}
          </div>
        );
      })}
    </section>
  );
}

function word(value: Json | undefined): string {
  return typeof value === "string" ? value : "unknown";
}

function fieldsOf(value: Json): Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Attributes)
    : {};
}

function Receipts({ receipts }: Pick<SpanDetail, "receipts">): ReactElement | null {
  const rules = Object.entries(receipts);
  if (rules.length === 0) return null;
  return (
    <table className="sv-table sv-attributes">
      <caption>Removed by the privacy rules before it was stored</caption>
      <tbody>
        {rules.map(([rule, count]) => (
          <tr key={rule}>
            <th scope="row">
              <Redaction rule={rule} />
            </th>
            <td>{count === 1 ? "once" : `${count} times`}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
  const text = String(value);
  if (text.length > 400 || text.includes("\n")) {
    return <LongText text={text} what={name} lines={8} isCode />;
  }
  return (
    <span className="sv-attribute-value">
      <span>
        <RedactedText text={text} />
      </span>
      <CopyButton text={text} what={name} />
    </span>
  );
}
