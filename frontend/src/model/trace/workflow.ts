/** A workflow's graph: the nodes that an execution runs, and which follows which. */

import type { Json } from "./span";

export interface WorkflowNode {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
}

export interface Workflow {
  readonly workflowId: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly nodes: readonly WorkflowNode[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  readonly sampleInput: Json;
}
