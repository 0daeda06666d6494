import type { ArtifactLink } from "../model/trace/source";
import type { Workflow, WorkflowNode } from "../model/trace/workflow";
import { ProblemError } from "../model/problem";
import { Fields } from "./fields";
import type { WireLink, WireNode, WireStarted, WireWorkflow, WireWorkflows } from "./wire";

type Path = () => string;

/** Decodes the list of workflows. */
export function decodeWorkflows(value: unknown): readonly Workflow[] {
  return Fields.of<WireWorkflows>(value, () => "").list("items", decodeWorkflow);
}

function decodeWorkflow(value: unknown, path: Path): Workflow {
  const fields = Fields.of<WireWorkflow>(value, path);
  return {
    workflowId: fields.text("workflow_id"),
    name: fields.text("name"),
    version: fields.text("version"),
    description: fields.text("description"),
    nodes: fields.list("nodes", decodeNode),
    edges: fields.list("edges", decodeEdge),
    sampleInput: fields.json("sample_input") ?? {},
  };
}

function decodeNode(value: unknown, path: Path): WorkflowNode {
  const fields = Fields.of<WireNode>(value, path);
  return { id: fields.text("id"), name: fields.text("name"), kind: fields.text("kind") };
}

function decodeEdge(value: unknown, path: Path): readonly [string, string] {
  const [from, to] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (typeof from !== "string" || typeof to !== "string") {
    throw new ProblemError("contract", `${path()} should be a pair of node ids.`);
  }
  return [from, to];
}

/** Decodes the id of the execution that was started. */
export function decodeStarted(value: unknown): string {
  return Fields.of<WireStarted>(value, () => "").text("execution_id");
}

/** Decodes the link to a file's bytes. */
export function decodeLink(value: unknown): ArtifactLink {
  const fields = Fields.of<WireLink>(value, () => "");
  return {
    url: fields.text("url"),
    mediaType: fields.text("media_type"),
    expiresAt: fields.nanos("expires_at_unix_nano"),
  };
}
