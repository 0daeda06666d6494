/** Reads the files of one execution: their list, their links until they expire, their bytes. */

import { ProblemError } from "../model/problem";
import type { ArtifactItem, ArtifactLink, Disposition, TraceSource } from "../model/trace/source";

/** A link that expires within this time is not used any more. */
const MARGIN_NANOS = 10_000_000_000n;

export interface Artifacts {
  readonly list: (signal: AbortSignal) => Promise<readonly ArtifactItem[]>;
  /** Returns a link that is valid, a new one only if needed: the server records each link as an access. */
  readonly link: (artifactId: string, disposition: Disposition) => Promise<ArtifactLink>;
  /** Reads the bytes; when the bucket refuses the link, a new one is made, once. */
  readonly read: (artifactId: string, mostBytes: number, signal: AbortSignal) => Promise<Blob>;
}

/** Creates the reader of an execution's files. */
export function createArtifacts(
  source: TraceSource,
  executionId: string,
  now: () => bigint = () => BigInt(Date.now()) * 1_000_000n,
): Artifacts {
  const links = new Map<string, ArtifactLink>();

  const link = async (artifactId: string, disposition: Disposition): Promise<ArtifactLink> => {
    const key = `${disposition} ${artifactId}`;
    const known = links.get(key);
    if (known && known.expiresAt - MARGIN_NANOS > now()) return known;
    const minted = await source.mintArtifactLink(executionId, artifactId, disposition);
    links.set(key, minted);
    return minted;
  };

  return {
    list: (signal) => source.listArtifacts(executionId, signal),
    link,
    read: async (artifactId, mostBytes, signal) => {
      const first = await link(artifactId, "inline");
      try {
        return await source.readArtifact(first, mostBytes, signal);
      } catch (error) {
        if (!(error instanceof ProblemError) || !isLinkRefused(error)) throw error;
        links.delete(`inline ${artifactId}`);
        return source.readArtifact(await link(artifactId, "inline"), mostBytes, signal);
      }
    },
  };
}

/** A host's own source may say either. */
function isLinkRefused({ kind }: ProblemError): boolean {
  return kind === "gone" || kind === "not_found";
}
