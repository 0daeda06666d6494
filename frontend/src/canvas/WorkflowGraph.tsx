import { useMemo, type ReactElement } from "react";
import { ICONS, nodeIcon } from "../components/icons";
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH, nodeLabel } from "../model/trace/graphLayout";
import type { Workflow } from "../model/trace/workflow";

/** Below this the names cannot be read: the graph scrolls instead. */
const SMALLEST_SCALE = 0.7;

export function WorkflowGraph({ workflow }: { readonly workflow: Workflow }): ReactElement {
  const layout = useMemo(() => layoutGraph(workflow), [workflow]);
  const nameOf = new Map(workflow.nodes.map((node) => [node.id, node.name]));
  return (
    <div className="cv-graph" tabIndex={0} role="region" aria-label="Graph of the workflow">
      <svg
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="img"
        aria-label={describe(workflow)}
        style={{ minWidth: layout.width * SMALLEST_SCALE }}
      >
        {layout.edges.map(({ from, to, path }) => (
          <path key={`${from} ${to}`} className="cv-edge" d={path}>
            <title>{`${nameOf.get(from) ?? from}, then ${nameOf.get(to) ?? to}`}</title>
          </path>
        ))}
        {layout.nodes.map((node) => {
          const { icon, hue } = nodeIcon(node.kind);
          return (
            <g key={node.id} transform={`translate(${node.x} ${node.y})`}>
              <title>{`${node.name} (${node.kind})`}</title>
              <rect className="cv-node" width={NODE_WIDTH} height={NODE_HEIGHT} rx="6" />
              <g className={`cv-node-icon sv-hue-${hue}`} transform="translate(12 16)">
                <path d={ICONS[icon]} />
              </g>
              <text className="cv-node-name" x="38" y="21">
                {nodeLabel(node.name)}
              </text>
              <text className="cv-node-kind" x="38" y="36">
                {node.kind}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function describe(workflow: Workflow): string {
  const names = workflow.nodes.map((node) => node.name).join(", ");
  return `${workflow.nodes.length} nodes: ${names}`;
}
