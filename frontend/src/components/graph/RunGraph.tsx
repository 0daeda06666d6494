/** The workflow's graph as this execution went through it: a press on a node goes to its span, and back. */

import { useMemo, useState, type KeyboardEvent, type ReactElement } from "react";
import { formatCost, formatNanos } from "../../model/labels/format";
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH, nodeLabel } from "../../model/trace/graphLayout";
import { nodeOf, nodeRuns, type NodeRun } from "../../model/trace/nodeRuns";
import { totals } from "../../model/trace/totals";
import type { Workflow } from "../../model/trace/workflow";
import type { TraceStore } from "../../state/traceStore";
import { selectedPosition, type LoadedTrace, type TraceView } from "../../state/traceView";
import { ICONS, nodeIcon } from "../icons";
import { rowMark } from "../statusMarks";

interface RunGraphProps {
  readonly workflow: Workflow;
  readonly view: TraceView;
  readonly loaded: LoadedTrace;
  readonly store: TraceStore;
}

const COLOURINGS = ["status", "duration", "cost"] as const;
type Colouring = (typeof COLOURINGS)[number];

/** Below this the names cannot be read: the graph scrolls instead. */
const SMALLEST_SCALE = 0.75;

export function RunGraph({ workflow, view, loaded, store }: RunGraphProps): ReactElement {
  const { index, trace } = loaded;
  const [colouring, setColouring] = useState<Colouring>("status");
  const layout = useMemo(() => layoutGraph(workflow), [workflow]);
  const runs = useMemo(
    () => nodeRuns(index, totals(index), trace.servedAt),
    [index, trace.servedAt],
  );
  const position = selectedPosition(view);
  const current = position === null ? null : nodeOf(index, position);
  const most = Math.max(...[...runs.values()].map((run) => amountOf(run, colouring)), 1);
  return (
    <section className="sv-graph" aria-label="Graph of the workflow">
      <div className="sv-segments sv-graph-colours" role="group" aria-label="Coloured by">
        {COLOURINGS.map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={colouring === choice}
            onClick={() => setColouring(choice)}
          >
            {choice}
          </button>
        ))}
      </div>
      <div className="sv-graph-scroll" tabIndex={0} role="region" aria-label="Nodes">
        <svg
          width={layout.width}
          height={layout.height}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          style={{ minWidth: layout.width * SMALLEST_SCALE }}
        >
          {layout.edges.map(({ from, to, path }) => (
            <path
              key={`${from} ${to}`}
              className={`sv-edge ${runs.has(from) && runs.has(to) ? "sv-edge-taken" : ""}`}
              d={path}
            />
          ))}
          {layout.nodes.map((node) => {
            const run = runs.get(node.id);
            return (
              <GraphNode
                key={node.id}
                node={node}
                run={run}
                isCurrent={node.id === current}
                heat={run ? amountOf(run, colouring) / most : 0}
                isHeat={colouring !== "status"}
                onGo={() => {
                  const row = run && index.rows[run.position];
                  if (row) store.select(row.spanId);
                }}
              />
            );
          })}
        </svg>
      </div>
    </section>
  );
}

function amountOf(run: NodeRun, colouring: Colouring): number {
  return colouring === "cost" ? (run.costNanoUsd ?? 0) : (run.nanos ?? 0);
}

interface GraphNodeProps {
  readonly node: { id: string; name: string; kind: string; x: number; y: number };
  readonly run: NodeRun | undefined;
  readonly isCurrent: boolean;
  /** 0 to 1: its share of the most that any node took. */
  readonly heat: number;
  readonly isHeat: boolean;
  readonly onGo: () => void;
}

function GraphNode({ node, run, isCurrent, heat, isHeat, onGo }: GraphNodeProps): ReactElement {
  const { icon: kind, hue } = nodeIcon(node.kind);
  const mark = run ? rowMark(run.ending) : null;
  // A node has room for a mark also where all went well.
  const icon = mark && (mark.icon ?? (mark.tone === "good" ? "ok" : null));
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    onGo();
  };
  const classes = [
    "sv-graph-node",
    `sv-graph-${mark ? mark.tone : "absent"}`,
    isCurrent && "sv-graph-current",
  ];
  const name = nodeLabel(node.name);
  return (
    <g
      className={classes.filter(Boolean).join(" ")}
      transform={`translate(${node.x} ${node.y})`}
      role="button"
      tabIndex={run ? 0 : -1}
      aria-disabled={!run}
      aria-current={isCurrent}
      onClick={onGo}
      onKeyDown={press}
    >
      <title>{`${node.name} (${node.kind}): ${wordsOf(run)}`}</title>
      <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx="6" />
      {isHeat && (
        <rect
          className="sv-graph-heat"
          width={NODE_WIDTH}
          height={NODE_HEIGHT}
          rx="6"
          style={{ opacity: heat * 0.5 }}
        />
      )}
      <g className={`sv-graph-icon sv-hue-${hue}`} transform="translate(10 8)">
        <path d={ICONS[kind]} />
      </g>
      <text className="sv-graph-name" x="32" y="20">
        {name}
      </text>
      <text className="sv-graph-note" x="32" y="37">
        {run ? figuresOf(run) : "not run"}
      </text>
      {mark && icon && (
        <g
          className={`sv-graph-mark sv-status-${mark.tone}`}
          transform={`translate(${NODE_WIDTH - 24} 25)`}
        >
          <path d={ICONS[icon]} />
        </g>
      )}
    </g>
  );
}

function figuresOf(run: NodeRun): string {
  const parts: string[] = [];
  if (run.nanos !== null) parts.push(formatNanos(run.nanos));
  if (run.costNanoUsd !== null) parts.push(formatCost(run.costNanoUsd));
  if (run.times > 1) parts.push(`${run.times} ×`);
  return parts.join(" · ");
}

function wordsOf(run: NodeRun | undefined): string {
  return run ? [rowMark(run.ending).word, figuresOf(run)].filter(Boolean).join(", ") : "not run";
}
