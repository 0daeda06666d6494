import type { ReactElement, ReactNode } from "react";
import type { Content, Json, SpanDetail } from "../../model/trace/span";
import type { RowStatus } from "../../model/trace/trace";
import { Icon } from "../Icon";
import { AttributesView } from "./AttributesView";
import { Conversation, type PreviousCall } from "./Conversation";
import { JsonView } from "./JsonView";
import { CallFigures } from "./TokensAndCost";
import { CapturedValue } from "./CapturedValue";
import { ToolExchange } from "./Part";

interface ContentViewProps {
  readonly detail: SpanDetail;
  readonly previous: PreviousCall | null;
  readonly isKnown: (spanId: string) => boolean;
  readonly onSelect: (spanId: string) => void;
}

const NOTHING: Readonly<Partial<Record<RowStatus, string>>> & { readonly ok: string } = {
  ok: "No input or output was recorded for this span.",
  running: "It is still running: what goes in and comes out appears here when it has ended.",
  lost: "It never ended, so what went in and came out was not recorded.",
};

/** What people and models wrote: as a conversation where it is one, else as input and output. */
export function ContentView(props: ContentViewProps): ReactElement {
  return (
    <>
      {props.detail.isRestricted && (
        <p className="sv-nothing">
          <Icon name="lock" /> Parts are hidden from your role, and marked <em>restricted</em>:
          reading them needs the permission <code>trace:content:restricted</code>.
        </p>
      )}
      <ReadableContent {...props} />
    </>
  );
}

function ReadableContent(props: ContentViewProps): ReactElement {
  const { detail, previous, isKnown, onSelect } = props;
  if (detail.contentAccess === "denied") {
    return (
      <p className="sv-nothing">
        <Icon name="lock" /> Hidden from your role: reading prompts and answers needs the permission{" "}
        <code>trace:content</code>.
      </p>
    );
  }
  if (detail.contentAccess === "expired") {
    return (
      <p className="sv-nothing">
        <Icon name="absent" /> Expired: prompts, answers and attributes of this span are past their
        retention. Its times, tokens and cost are left.
      </p>
    );
  }
  const { content } = detail;
  if (content === null || isEmpty(content)) {
    return (
      <>
        <p className="sv-nothing">{NOTHING[detail.status] ?? NOTHING.ok}</p>
        <AttributesView detail={detail} isKnown={isKnown} onSelect={onSelect} />
      </>
    );
  }
  return (
    <>
      <Conversation content={content} previous={previous} onSelect={onSelect} />
      <CallFigures detail={detail} />
      {content.tool && (
        <ToolExchange
          name={content.tool.name}
          id={content.tool.callId}
          parameters={content.tool.arguments}
          result={content.tool}
        />
      )}
      <Captured title="Query" value={content.query} />
      <Captured title="Input" value={content.input} />
      <Captured title="Output" value={content.output} />
      <Captured title="Documents" value={content.documents} />
      <OtherContent content={content} />
      {content.toolDefinitions !== undefined && content.toolDefinitions !== null && (
        <details className="sv-section">
          <summary>Tools on offer</summary>
          <JsonView value={content.toolDefinitions} what="tool definitions" />
        </details>
      )}
    </>
  );
}

function isEmpty(content: Content): boolean {
  return (
    content.systemInstructions.length === 0 &&
    content.inputMessages.length === 0 &&
    content.outputMessages.length === 0 &&
    content.tool === null &&
    content.input === undefined &&
    content.output === undefined &&
    content.documents === undefined &&
    content.query === null &&
    !content.other
  );
}

/** Content that no rule reads, under the name of its attribute. Closed where there is other content to read. */
function OtherContent({ content }: { readonly content: Content }): ReactElement | null {
  if (!content.other) return null;
  const entries = Object.entries(content.other);
  return (
    <details className="sv-section" open={isEmpty({ ...content, other: null })}>
      <summary>Also recorded: {entries.map(([name]) => name).join(", ")}</summary>
      {entries.map(([name, value]) => (
        <section key={name} className="sv-raw-part" aria-label={name}>
          <h5>
            <code>{name}</code>
          </h5>
          <CapturedValue value={value} what={name} />
        </section>
      ))}
    </details>
  );
}

interface CapturedProps {
  readonly title: string;
  readonly value: Json | undefined;
}

function Captured({ title, value }: CapturedProps): ReactElement | null {
  if (value === undefined || value === null) return null;
  return (
    <Section title={title}>
      <CapturedValue value={value} what={title.toLowerCase()} />
    </Section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Section({ title, children }: SectionProps): ReactElement {
  return (
    <section className="sv-section">
      <h4>{title}</h4>
      {children}
    </section>
  );
}
