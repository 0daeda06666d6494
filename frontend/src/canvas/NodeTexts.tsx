/** What went into a node and came out of it in both runs, word by word; read when it is asked for. */

import { useMemo, useState, type ReactElement } from "react";
import { ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import type { NodePair } from "../model/alignRuns";
import { pairTexts, textsOf, type TextPair } from "../model/compareTexts";
import { formatBytes } from "../model/format";
import type { CanvasSource } from "../model/source";
import type { SpanDetail } from "../model/span";
import { textDiff, type DiffPart } from "../model/textDiff";
import { createResource } from "../state/resource";
import { browserTimer } from "../state/polling";
import { useResource } from "../components/useResource";

interface NodeTextsProps {
  readonly source: CanvasSource;
  readonly pair: NodePair;
  /** The executions of the left and of the right side. */
  readonly ids: readonly [string, string];
}

interface Read {
  readonly pairs: readonly TextPair[];
  readonly isHidden: boolean;
}

export function NodeTexts({ source, pair, ids }: NodeTextsProps): ReactElement {
  const texts = useMemo(
    () => createResource((signal) => readTexts(source, pair, ids, signal), browserTimer),
    [source, pair, ids],
  );
  const { value, problem } = useResource(texts);
  if (!value && problem) {
    return <ProblemView problem={problem} subject="span" onRetry={texts.start} />;
  }
  if (!value) return <LinesSkeleton lines={3} />;
  if (value.pairs.length === 0) {
    return (
      <p className="sv-note">
        {value.isHidden
          ? "Prompts and answers are hidden from your role."
          : "Neither side has a text to compare."}
      </p>
    );
  }
  return (
    <div className="cv-texts">
      {value.pairs.map((texts) => (
        <TextChange key={texts.name} {...texts} />
      ))}
    </div>
  );
}

async function readTexts(
  source: CanvasSource,
  { left, right }: NodePair,
  [leftId, rightId]: readonly [string, string],
  signal: AbortSignal,
): Promise<Read> {
  const read = (id: string, spanIds: readonly string[]): Promise<readonly SpanDetail[]> =>
    Promise.all(spanIds.map((spanId) => source.readSpan(id, spanId, signal)));
  const [lefts, rights] = await Promise.all([
    read(leftId, left?.telling ?? []),
    read(rightId, right?.telling ?? []),
  ]);
  return {
    pairs: pairTexts(textsOf(lefts), textsOf(rights)),
    isHidden: [...lefts, ...rights].some(({ contentAccess }) => contentAccess === "denied"),
  };
}

function TextChange({ name, left, right }: TextPair): ReactElement {
  const parts = useMemo(() => textDiff(left, right), [left, right]);
  const isSame = left === right;
  return (
    <details className="cv-text" open={!isSame}>
      <summary>
        {name}
        <span className="sv-note">
          {isSame ? "the same" : sideWord(left, right)} ·{" "}
          {formatBytes(new Blob([right || left]).size)}
        </span>
      </summary>
      <div className="cv-diff">
        {parts.map((part, at) => (
          <Part key={at} part={part} />
        ))}
      </div>
    </details>
  );
}

function sideWord(left: string, right: string): string {
  if (left === "") return "only on the right";
  return right === "" ? "only on the left" : "differs";
}

/** More than so many characters of the same are folded to their ends. */
const SAME_SHOWN = 600;
const END_SHOWN = 160;

function Part({ part }: { readonly part: DiffPart }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const { kind, text } = part;
  if (kind === "left") return <del>{text}</del>;
  if (kind === "right") return <ins>{text}</ins>;
  if (isOpen || text.length <= SAME_SHOWN) return <span>{text}</span>;
  return (
    <>
      <span>{text.slice(0, END_SHOWN)}</span>
      <button type="button" className="cv-same" onClick={() => setIsOpen(true)}>
        … {formatBytes(text.length - 2 * END_SHOWN)} the same …
      </button>
      <span>{text.slice(-END_SHOWN)}</span>
    </>
  );
}
