/** The selected span: at once what its row knows, then its detail. */

import { useEffect, useState, type ReactElement, type RefObject } from "react";
import { rowVersion } from "../../model/labels/describe";
import type { SpanDetail } from "../../model/trace/span";
import type { Row } from "../../model/trace/trace";
import type { Artifacts } from "../../state/artifacts";
import type { SpanDetails } from "../../state/spanDetails";
import { selectedRow, type TraceView } from "../../state/traceView";
import { ProblemView } from "../states/ProblemView";
import { LinesSkeleton } from "../states/Skeleton";
import { useReadable } from "../useReadable";
import { ArtifactList } from "./ArtifactList";
import { AttributesView } from "./AttributesView";
import { ContentView } from "./ContentView";
import type { PreviousCall } from "./Conversation";
import { Evaluations } from "./Evaluations";
import { JsonView } from "./JsonView";
import { OtherVersions } from "./OtherVersions";
import { PanelHead } from "./PanelHead";
import { Tabs, type TabItem } from "./Tabs";
import { TokensAndCost } from "./TokensAndCost";
import { usePreviousCall } from "./usePreviousCall";

interface SpanPanelProps {
  readonly view: TraceView;
  readonly details: SpanDetails;
  /** Where other programs read the span; null where the source of the traces has no address. */
  readonly addressOf: (spanId: string) => string | null;
  readonly panelRef: RefObject<HTMLElement | null>;
  readonly artifacts: Artifacts;
  /** Shows who has seen a span; null for those who may not know. */
  readonly seenBy: ((spanId: string) => ReactElement) | null;
  readonly permalink: () => string;
  readonly onBack: () => void;
  readonly onSelect: (spanId: string) => void;
}

type TabName = "content" | "tokens" | "artifacts" | "attributes" | "raw" | "accesses";

export function SpanPanel(props: SpanPanelProps): ReactElement {
  const { view, details, artifacts, panelRef, permalink, onBack, onSelect } = props;
  const { spanId, detail, problem } = useReadable(details);
  const [wanted, setWanted] = useState<TabName>("content");
  const row = selectedRow(view);
  const rowSpanId = row?.spanId ?? null;
  const version = row ? rowVersion(row) : "";

  useEffect(() => {
    if (rowSpanId !== null) details.show(rowSpanId, version);
  }, [details, rowSpanId, version]);
  useEffect(() => details.stop, [details]);
  // The trace could be read again: so can the span.
  const isReachable = view.problem === null;
  useEffect(() => {
    if (isReachable) details.wake();
  }, [details, isReachable]);
  const current = row !== null && spanId === row.spanId ? detail : null;
  const index = view.loaded?.index ?? null;
  const previous = usePreviousCall(details, index, row, current);

  if (!row || !view.loaded) {
    return (
      <aside className="sv-panel" ref={panelRef} tabIndex={-1} aria-label="Selected span">
        <p className="sv-nothing">Select a span to see what it did.</p>
      </aside>
    );
  }
  const { positionOf } = view.loaded.index;
  const tabs = tabsOf(row, props.seenBy !== null);
  const tab = tabs.find(({ name }) => name === wanted)?.name ?? "content";
  return (
    <aside className="sv-panel" ref={panelRef} tabIndex={-1} aria-label={`Span ${row.name}`}>
      <PanelHead
        row={row}
        detail={current}
        loaded={view.loaded}
        copies={{ permalink, address: props.addressOf(row.spanId) }}
        onBack={onBack}
        onSelect={onSelect}
      />
      <Tabs tabs={tabs} selected={tab} onSelect={setWanted}>
        {tab === "accesses" ? (
          props.seenBy?.(row.spanId)
        ) : current && previous.isSettled ? (
          <TabBody
            key={row.spanId}
            tab={tab}
            detail={current}
            previous={previous.call}
            isKnown={(id) => positionOf.has(id)}
            onSelect={onSelect}
            artifacts={artifacts}
          />
        ) : problem && spanId === row.spanId ? (
          <ProblemView problem={problem} subject="span" onRetry={details.retry} />
        ) : (
          <LinesSkeleton lines={6} />
        )}
      </Tabs>
    </aside>
  );
}

interface TabBodyProps {
  readonly tab: Exclude<TabName, "accesses">;
  readonly detail: SpanDetail;
  readonly previous: PreviousCall | null;
  readonly isKnown: (spanId: string) => boolean;
  readonly onSelect: (spanId: string) => void;
  readonly artifacts: Artifacts;
}

function TabBody(props: TabBodyProps): ReactElement {
  const { tab, detail, previous, isKnown, onSelect, artifacts } = props;
  switch (tab) {
    case "content":
      return (
        <>
          <OtherVersions versions={detail.otherVersions} />
          <Evaluations detail={detail} />
          <ContentView detail={detail} previous={previous} isKnown={isKnown} onSelect={onSelect} />
          <ArtifactList refs={detail.artifacts} artifacts={artifacts} />
        </>
      );
    case "tokens":
      return <TokensAndCost detail={detail} />;
    case "artifacts":
      return <ArtifactList refs={detail.artifacts} artifacts={artifacts} />;
    case "attributes":
      return <AttributesView detail={detail} isKnown={isKnown} onSelect={onSelect} />;
    case "raw":
      return <JsonView value={detail.raw} openLevels={1} what="span" />;
  }
}

/** The row knows already which tabs there will be, so that they do not jump when the detail comes. */
function tabsOf(row: Row, isAuditor: boolean): readonly TabItem<TabName>[] {
  const tabs: TabItem<TabName>[] = [
    { name: "content", label: row.kind === "model" ? "Conversation" : "Input and output" },
  ];
  if (row.usage !== null) tabs.push({ name: "tokens", label: "Tokens and cost" });
  if (row.artifacts.length > 0) {
    tabs.push({ name: "artifacts", label: "Artifacts", count: row.artifacts.length });
  }
  tabs.push({ name: "attributes", label: "Attributes" }, { name: "raw", label: "Raw" });
  if (isAuditor) tabs.push({ name: "accesses", label: "Seen by" });
  return tabs;
}
