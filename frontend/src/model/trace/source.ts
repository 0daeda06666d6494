/** The ports through which the tab and the page read traces; `api/client.ts` is the real one. */

import type { Execution, ExecutionFilter, UnreadableExecution } from "./execution";
import type { Json, SpanDetail } from "./span";
import type { ArtifactRef, Trace } from "./trace";
import type { Nanos } from "../time/time";
import type { Workflow } from "./workflow";

export type TraceReading =
  | { readonly kind: "changed"; readonly trace: Trace; readonly etag: string | null }
  | { readonly kind: "unchanged"; readonly servedAt: Nanos };

interface SearchHit {
  readonly spanId: string;
  readonly where: readonly ("name" | "attributes" | "content")[];
}

/** What the server found for a query. */
export interface SearchResult {
  readonly query: string;
  readonly hits: readonly SearchHit[];
  /** False when there was more to look through than one answer may take. */
  readonly isComplete: boolean;
  /** Denied: prompts and answers were left out of the search. */
  readonly contentAccess: "granted" | "denied";
}

export type Disposition = "inline" | "attachment";

export interface ArtifactLink {
  readonly url: string;
  readonly mediaType: string;
  /** After it the file store refuses the link. */
  readonly expiresAt: Nanos;
}

/** A file of the execution, with what its list knows of it beyond the row's. */
export interface ArtifactItem extends ArtifactRef {
  readonly spanId: string;
  readonly nodeId: string | null;
  readonly sha256: string;
  readonly createdAt: Nanos;
}

/** What a reader may do with an execution beside reading it. */
export interface Rights {
  readonly mayDelete: boolean;
  readonly mayHold: boolean;
}

/** Deletes and holds executions. */
export interface ExecutionManager {
  rights(): Promise<Rights>;
  deleteExecution(executionId: string): Promise<void>;
  /** Keeps it from expiring and from being deleted, until it is released. */
  hold(executionId: string): Promise<void>;
  release(executionId: string): Promise<void>;
}

/** A recorded read of an execution, or several of the same kind within a minute. */
export interface Access {
  readonly accessId: string;
  readonly principal: string;
  /** What the issuer calls the person; null where the token did not say it. */
  readonly principalName: string | null;
  /** The call, as the API's records name it: `trace`, `span`, `artifact` and others. */
  readonly action: string;
  /** The span or file; null where it was the whole execution. */
  readonly target: string | null;
  readonly spanId: string | null;
  /** `allowed`: content, or a link to a file, was given. `structure`: an answer without content. */
  readonly outcome: "allowed" | "structure" | "refused";
  /** How many reads there were at least. */
  readonly count: number;
  readonly at: Nanos;
  /** The last one that is counted; null where there was one. */
  readonly lastAt: Nanos | null;
}

export interface AccessPage {
  readonly items: readonly Access[];
  /** Records of this page that cannot be read. */
  readonly unreadable: number;
  readonly nextCursor: string | null;
}

/** Reads who has seen what. */
export interface AccessReader {
  /** Whether the reader may, as far as the token tells; the API decides. */
  mayRead(): Promise<boolean>;
  /** Newest first; with a span id, the reads of the span and its files alone. */
  list(
    executionId: string,
    spanId: string | null,
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<AccessPage>;
}

/** What the Trace tab needs; a host page may bring its own. */
export interface TraceSource {
  /**
   * Resolves to the whole trace. A source that reads a large one page by page gives `onProgress` what it
   * has so far, each time from the first row on, so that the beginning is seen while the rest is read.
   */
  readTrace(
    executionId: string,
    etag: string | null,
    signal: AbortSignal,
    onProgress?: (soFar: Trace) => void,
  ): Promise<TraceReading>;
  readSpan(executionId: string, spanId: string, signal: AbortSignal): Promise<SpanDetail>;
  /** Where the span can be read by other programs; left out, the tab offers no command for it. */
  readonly spanAddress?: (executionId: string, spanId: string) => string;
  listArtifacts(executionId: string, signal: AbortSignal): Promise<readonly ArtifactItem[]>;
  /** The link lives for two minutes and is recorded as an access: mint it on a click only. */
  mintArtifactLink(
    executionId: string,
    artifactId: string,
    disposition: Disposition,
  ): Promise<ArtifactLink>;
  /** Looks into attributes and content, which rows do not have. A source without it searches rows only. */
  searchTrace?(executionId: string, query: string, signal: AbortSignal): Promise<SearchResult>;
  /** Left out, the tab offers neither deletion nor holds. */
  readonly manager?: ExecutionManager;
  /** Left out, the tab does not say who has seen the execution. */
  readonly accesses?: AccessReader;
  readArtifact(link: ArtifactLink, maxBytes: number, signal: AbortSignal): Promise<Blob>;
}

export interface ExecutionQuery {
  readonly workflowId: string | null;
  readonly status: ExecutionFilter | null;
  /** Inclusive. */
  readonly startedFrom: Nanos | null;
  /** Exclusive. */
  readonly startedTo: Nanos | null;
  readonly cursor: string | null;
  /** Newest first unless it is set. */
  readonly isOldestFirst?: boolean;
}

export interface ExecutionPage {
  readonly items: readonly Execution[];
  /** Of the same stretch of time; left out where there are none. */
  readonly unreadable?: readonly UnreadableExecution[];
  /** Executions that were looked at and are not on the page. */
  readonly passedOver: number;
  /** Up to where the history was looked through; null at its end. */
  readonly lookedThrough: Nanos | null;
  readonly nextCursor: string | null;
}

/** What the Canvas page needs beside the tab. */
export interface CanvasSource extends TraceSource {
  listWorkflows(signal: AbortSignal): Promise<readonly Workflow[]>;
  listExecutions(query: ExecutionQuery, signal: AbortSignal): Promise<ExecutionPage>;
  readExecution(executionId: string, signal: AbortSignal): Promise<Execution>;
  startExecution(workflowId: string, input: Json): Promise<string>;
}
