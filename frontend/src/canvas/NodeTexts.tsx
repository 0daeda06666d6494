/** Compares the inputs and outputs of a node in two runs; they are read when the node is opened. */

import { useMemo, type ReactElement } from "react";
import { ProblemView } from "../components/states/ProblemView";
import { LinesSkeleton } from "../components/states/Skeleton";
import type { NodePair } from "../model/diff/alignRuns";
import { runInSlices } from "../model/scheduler";
import { pairTexts, textsOf, type TextPair } from "../model/diff/compareTexts";
import { comparisonSteps, type Comparison, type Sameness } from "../model/diff/compare";
import { formatBytes } from "../model/labels/format";
import type { CanvasSource } from "../model/trace/source";
import type { SpanDetail } from "../model/trace/span";
import { createResource } from "../state/resource";
import { browserTimer } from "../state/polling";
import { TextComparison } from "./TextComparison";
import { useResource } from "../components/useResource";

interface NodeTextsProps {
  readonly source: CanvasSource;
  readonly pair: NodePair;
  /** The executions of the left and of the right side. */
  readonly ids: readonly [string, string];
}

interface ComparedPair extends TextPair {
  readonly comparison: Comparison;
}

interface Read {
  readonly pairs: readonly ComparedPair[];
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
  const pairs: ComparedPair[] = [];
  for (const texts of pairTexts(textsOf(lefts), textsOf(rights))) {
    const steps = comparisonSteps(texts.left, texts.right);
    const comparison = await runInSlices(steps, () => !signal.aborted);
    if (comparison) pairs.push({ ...texts, comparison });
  }
  return {
    pairs,
    isHidden: [...lefts, ...rights].some(({ contentAccess }) => contentAccess === "denied"),
  };
}

function TextChange({ name, left, right, comparison }: ComparedPair): ReactElement {
  const { sameness } = comparison;
  return (
    <details className="cv-text" open={sameness !== "same"}>
      <summary>
        {name}
        <span className="sv-note">
          {SAMENESS_WORDS[sameness]} · {formatBytes(new Blob([right || left]).size)}
        </span>
      </summary>
      <TextComparison name={name} comparison={comparison} />
    </details>
  );
}

const SAMENESS_WORDS: Readonly<Record<Sameness, string>> = {
  same: "the same",
  "line-ends": "the same but for its line ends",
  form: "the same data, written in another way",
  different: "differs",
  "left-only": "only on the left",
  "right-only": "only on the right",
};
