/** The generated wire types under short names. */

import type { components } from "./openapi.gen";

type Schemas = components["schemas"];

/** The named fields of a type that also allows any other. */
type Named<W> = { [K in keyof W as string extends K ? never : K]: W[K] };

export type WireExecution = Schemas["Execution"];
export type WireHold = Schemas["Hold"];
export type WireDeletion = Schemas["Deletion"];
export type WireUnreadableExecution = Schemas["UnreadableExecution"];
export type WireExecutions = Schemas["ExecutionsResponse"];
export type WireTrace = Schemas["TraceResponse"];
export type WireRow = Schemas["Row"];
export type WireSpan = Schemas["SpanResponse"];
export type WireContent = Schemas["SpanContent"];
export type WireMessage = Named<Schemas["Message"]>;
export type WirePart = Named<Schemas["MessagePart"]>;
export type WireUsage = Schemas["Usage"];
export type WireArtifact = Schemas["Artifact"];
export type WireAccess = Schemas["Access"];
export type WireAccesses = Schemas["AccessesResponse"];
export type WireArtifacts = Schemas["ArtifactsResponse"];
export type WireArtifactRef = Schemas["ArtifactRef"];
export type WireWorkflow = Schemas["Workflow"];
export type WireWorkflows = Schemas["WorkflowsResponse"];
export type WireStarted = Schemas["StartExecutionResponse"];
export type WireLink = Schemas["LinkArtifactResponse"];
export type WireCause = Schemas["Cause"];
export type WireCounters = Schemas["Counters"];
export type WireExporters = Schemas["Exporters"];
export type WireCompleteness = Schemas["Completeness"];
export type WireRowError = Schemas["RowError"];
export type WireCost = Schemas["Cost"];
export type WireEvaluation = Schemas["Evaluation"];
export type WireNamed = Schemas["Named"];
export type WireModalTokens = Schemas["ModalTokens"];
export type WireCostLine = Schemas["CostLine"];
export type WireEvent = Schemas["SpanEvent"];
export type WireSpanVersion = Schemas["SpanVersion"];
export type WireScope = Schemas["Scope"];
export type WireTool = Schemas["ToolContent"];
export type WireNode = Schemas["WorkflowNode"];
export type WireSearch = Schemas["SearchResponse"];
export type WireSearchHit = Schemas["SearchHit"];
