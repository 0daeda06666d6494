/** Names the kind of a span and its model for the reader; icon and hue have the kind's name. */

/** Colours of the kinds; few, so that each one has a meaning. */
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

/** Returns the kind in words; an unknown kind as it is. */
export function kindLabel(kind: string): string {
  return KINDS[kind]?.label ?? kind;
}

/** Returns the hue of a kind; `other` for an unknown one. */
export function kindHue(kind: string): Hue {
  return KINDS[kind]?.hue ?? "other";
}

/**
 * Shortens a model's name: without provider prefix, date and version suffix.
 *
 * `us.anthropic.claude-3-5-haiku-20241022-v1:0` → `claude-3-5-haiku`.
 */
export function shortModel(model: string): string {
  const afterSlash = model.slice(model.lastIndexOf("/") + 1);
  return afterSlash
    .replace(
      /^(?:[a-z]{2,6}\.)?(?:amazon|anthropic|meta|mistral|cohere|ai21|deepseek|openai)\./,
      "",
    )
    .replace(/:\d+$/, "")
    .replace(/-v\d+$/, "")
    .replace(/-\d{8}$/, "");
}
