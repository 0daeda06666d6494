/** Places a workflow's nodes in columns, left to right: a node stands right of all it waits for. */

import type { Workflow } from "./workflow";

interface PositionedNode {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly x: number;
  readonly y: number;
}

interface PositionedEdge {
  readonly from: string;
  readonly to: string;
  /** SVG path data. */
  readonly path: string;
}

export interface GraphLayout {
  readonly nodes: readonly PositionedNode[];
  readonly edges: readonly PositionedEdge[];
  readonly width: number;
  readonly height: number;
}

export const NODE_WIDTH = 172;
export const NODE_HEIGHT = 48;
const GAP_X = 36;
const GAP_Y = 20;
const MARGIN = 8;

/** Lays out the graph of a workflow. */
export function layoutGraph(workflow: Pick<Workflow, "nodes" | "edges">): GraphLayout {
  const columnOf = columns(workflow);
  const before = new Map<string, string[]>();
  for (const [from, to] of workflow.edges) before.set(to, [...(before.get(to) ?? []), from]);

  const byColumn: string[][] = [];
  for (const node of workflow.nodes) {
    const column = columnOf.get(node.id) ?? 0;
    (byColumn[column] ??= []).push(node.id);
  }
  const tallest = Math.max(1, ...byColumn.map((ids) => ids.length));
  const height = MARGIN * 2 + tallest * NODE_HEIGHT + (tallest - 1) * GAP_Y;

  const positions = new Map<string, { x: number; y: number }>();
  byColumn.forEach((ids, column) => {
    const sorted = ids
      .map((id, order) => ({ id, order, wish: meanY(before.get(id) ?? [], positions) }))
      .sort((a, b) => a.wish - b.wish || a.order - b.order);
    const columnHeight = sorted.length * NODE_HEIGHT + (sorted.length - 1) * GAP_Y;
    sorted.forEach(({ id }, line) => {
      positions.set(id, {
        x: MARGIN + column * (NODE_WIDTH + GAP_X),
        y: (height - columnHeight) / 2 + line * (NODE_HEIGHT + GAP_Y),
      });
    });
  });

  return {
    nodes: workflow.nodes.map((node) => ({
      ...node,
      ...(positions.get(node.id) ?? { x: 0, y: 0 }),
    })),
    edges: workflow.edges.flatMap(([from, to]) => {
      const start = positions.get(from);
      const end = positions.get(to);
      return start && end ? [{ from, to, path: curve(start, end) }] : [];
    }),
    width: MARGIN * 2 + byColumn.length * NODE_WIDTH + Math.max(0, byColumn.length - 1) * GAP_X,
    height,
  };
}

/** Longest way from a start; rounds are bounded by the node count, so a cycle ends too. */
function columns(workflow: Pick<Workflow, "nodes" | "edges">): ReadonlyMap<string, number> {
  const column = new Map(workflow.nodes.map((node) => [node.id, 0]));
  for (let round = 1; round < workflow.nodes.length; round += 1) {
    let isSettled = true;
    for (const [from, to] of workflow.edges) {
      const after = (column.get(from) ?? 0) + 1;
      if (column.has(to) && (column.get(to) ?? 0) < after && after < workflow.nodes.length) {
        column.set(to, after);
        isSettled = false;
      }
    }
    if (isSettled) break;
  }
  return column;
}

function meanY(ids: readonly string[], positions: ReadonlyMap<string, { y: number }>): number {
  const known = ids.flatMap((id) => positions.get(id)?.y ?? []);
  return known.length === 0 ? 0 : known.reduce((sum, y) => sum + y, 0) / known.length;
}

function curve(start: { x: number; y: number }, end: { x: number; y: number }): string {
  const fromX = start.x + NODE_WIDTH;
  const fromY = start.y + NODE_HEIGHT / 2;
  const toY = end.y + NODE_HEIGHT / 2;
  const bend = Math.max(20, (end.x - fromX) / 2);
  return `M${fromX} ${fromY}C${fromX + bend} ${fromY} ${end.x - bend} ${toY} ${end.x} ${toY}`;
}

/** The most characters of a name that fit into a node's box. */
const LONGEST_LABEL = 19;

/** Returns a node's name as its box shows it: a longer one is cut and ends with an ellipsis. */
export function nodeLabel(name: string): string {
  return name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name;
}
