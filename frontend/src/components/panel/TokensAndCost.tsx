import type { ReactElement } from "react";
import { exactCost, exactCount, formatPrice } from "../../model/format";
import type { SpanDetail } from "../../model/span";

/** The figures of one model call and how its cost comes about. */
export function TokensAndCost({ detail }: { readonly detail: SpanDetail }): ReactElement {
  const { usage, cost } = detail;
  return (
    <>
      {usage && (
        <table className="sv-table">
          <caption>Tokens as the provider reported them</caption>
          <tbody>
            <Tokens name="Input" count={usage.inputTokens} />
            <Tokens name="of it read from the cache" count={usage.cacheReadTokens} isPart />
            <Tokens name="of it written to the cache" count={usage.cacheWriteTokens} isPart />
            <Tokens name="Output" count={usage.outputTokens} />
            <Tokens name="of it reasoning" count={usage.reasoningTokens} isPart />
          </tbody>
        </table>
      )}
      {cost ? (
        <table className="sv-table">
          <caption>Cost</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Tokens</th>
              <th scope="col">Price</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {cost.lines.map((line) => (
              <tr key={line.what}>
                <th scope="row">{line.what.replaceAll("_", " ")}</th>
                <td>{exactCount(line.tokens)}</td>
                <td>
                  {line.nanoUsdPerToken === null ? "unknown" : formatPrice(line.nanoUsdPerToken)}
                </td>
                <td>{exactCost(line.nanoUsd)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td colSpan={3}>{exactCost(cost.nanoUsd)}</td>
            </tr>
          </tfoot>
        </table>
      ) : (
        <p className="sv-nothing">
          No price is known for {detail.model ?? "this model"}, so this call is not part of the
          cost.
        </p>
      )}
    </>
  );
}

interface TokensProps {
  readonly name: string;
  readonly count: number;
  readonly isPart?: boolean;
}

function Tokens({ name, count, isPart = false }: TokensProps): ReactElement | null {
  if (isPart && count === 0) return null;
  return (
    <tr className={isPart ? "sv-part" : ""}>
      <th scope="row">{name}</th>
      <td>{exactCount(count)}</td>
    </tr>
  );
}
