import type { ReactElement, ReactNode } from "react";
import type { Content, Json, SpanDetail } from "../../model/span";
import { Icon } from "../Icon";
import { AttributesView } from "./AttributesView";
import { Conversation } from "./Conversation";
import { JsonView } from "./JsonView";
import { LongText } from "./LongText";

/** What people and models wrote: as a conversation where it is one, else as input and output. */
export function ContentView({ detail }: { readonly detail: SpanDetail }): ReactElement {
  if (detail.contentAccess === "denied") {
    return (
      <p className="sv-nothing">
        <Icon name="lock" /> Hidden from your role: reading prompts and answers needs the permission{" "}
        <code>trace:content</code>.
      </p>
    );
  }
  const { content } = detail;
  if (content === null || isEmpty(content)) {
    return (
      <>
        <p className="sv-nothing">No input or output was recorded for this span.</p>
        <AttributesView detail={detail} />
      </>
    );
  }
  return (
    <>
      <Conversation content={content} />
      {content.tool && (
        <>
          <Captured title={`Arguments of ${content.tool.name}`} value={content.tool.arguments} />
          <Captured title="Result" value={content.tool.result} />
        </>
      )}
      <Captured title="Query" value={content.query} />
      <Captured title="Input" value={content.input} />
      <Captured title="Output" value={content.output} />
      <Captured title="Documents" value={content.documents} />
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
    content.query === null
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

interface CapturedValueProps {
  readonly value: Json;
  readonly what: string;
}

/** A captured value: text as text, everything else as JSON. */
function CapturedValue({ value, what }: CapturedValueProps): ReactElement {
  return typeof value === "string" ? (
    <LongText text={value} what={what} />
  ) : (
    <JsonView value={value} what={what} />
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
