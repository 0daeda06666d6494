/** What sort of work a span is, in words; its icon and hue carry the same name. */

/** Hues are few so that each one means something: structure, model, tool, retrieval, agent, http, artifact, other. */
export type Hue =
  "structure" | "model" | "tool" | "retrieval" | "agent" | "http" | "artifact" | "other";

interface Kind {
  readonly label: string;
  readonly hue: Hue;
}

const KINDS: Readonly<Record<string, Kind>> = {
  workflow: { label: "workflow", hue: "structure" },
  invocation: { label: "invocation", hue: "structure" },
  node: { label: "node", hue: "structure" },
  attempt: { label: "attempt", hue: "structure" },
  map: { label: "map", hue: "structure" },
  item: { label: "item", hue: "structure" },
  model: { label: "model call", hue: "model" },
  tool: { label: "tool call", hue: "tool" },
  retrieval: { label: "retrieval", hue: "retrieval" },
  agent: { label: "agent", hue: "agent" },
  http: { label: "HTTP request", hue: "http" },
  artifact: { label: "artifact", hue: "artifact" },
};

export function kindLabel(kind: string): string {
  return KINDS[kind]?.label ?? kind;
}

export function kindHue(kind: string): Hue {
  return KINDS[kind]?.hue ?? "other";
}
