import type { ReactElement } from "react";
import type { Evaluation, SpanDetail } from "../../model/trace/span";

/** What was judged of a span; why, only for those who may read content. */
export function Evaluations({ detail }: { readonly detail: SpanDetail }): ReactElement | null {
  const explained = detail.content?.evaluations ?? [];
  const evaluations = explained.length > 0 ? explained : detail.evaluations;
  if (evaluations.length === 0) return null;
  const isExplained = evaluations.some(({ explanation }) => explanation !== null);
  return (
    <table className="sv-table">
      <caption>Evaluations</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Score</th>
          <th scope="col">Label</th>
          {isExplained && <th scope="col">Why</th>}
        </tr>
      </thead>
      <tbody>
        {evaluations.map((evaluation, at) => (
          <EvaluationRow key={at} evaluation={evaluation} isExplained={isExplained} />
        ))}
      </tbody>
    </table>
  );
}

interface EvaluationRowProps {
  readonly evaluation: Evaluation;
  readonly isExplained: boolean;
}

function EvaluationRow({ evaluation, isExplained }: EvaluationRowProps): ReactElement {
  const { name, score, label, by, explanation } = evaluation;
  return (
    <tr>
      <th scope="row">
        {name ?? "evaluation"}
        {by !== null && <span className="sv-note"> by {by.toLowerCase()}</span>}
      </th>
      <td>{score ?? "–"}</td>
      <td>{label ?? "–"}</td>
      {isExplained && <td>{explanation}</td>}
    </tr>
  );
}
