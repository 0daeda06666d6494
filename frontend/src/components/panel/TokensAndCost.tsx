import { Fragment, type ReactElement } from "react";
import { NOT_REPORTED } from "../../model/labels/describe";
import { exactCost, exactCount, formatCost, formatPrice } from "../../model/labels/format";
import type { CostLine, SpanDetail } from "../../model/trace/span";

/** The line under a conversation: input tokens, output tokens, cost. */
export function CallFigures({ detail }: { readonly detail: SpanDetail }): ReactElement | null {
  const { usage, cost } = detail;
  if (!usage) return null;
  const read = usage.cacheReadTokens;
  const reasoning = usage.reasoningTokens;
  return (
    <p className="sv-call-figures">
      in {countText(usage.inputTokens)}
      {read > 0 && ` (${exactCount(read)} from the cache)`} · out {countText(usage.outputTokens)}
      {reasoning > 0 && ` (${exactCount(reasoning)} reasoning)`}
      {cost && (
        <>
          {" = "}
          <strong title={exactCost(cost.nanoUsd)}>{formatCost(cost.nanoUsd)}</strong>
        </>
      )}
    </p>
  );
}

function countText(count: number | null): string {
  return count === null ? NOT_REPORTED : exactCount(count);
}

/** The figures of one model call and how its cost comes about. */
export function TokensAndCost({ detail }: { readonly detail: SpanDetail }): ReactElement {
  const { usage, cost, modalTokens } = detail;
  return (
    <>
      {usage && (
        <table className="sv-table">
          <caption>Tokens as the provider reported them</caption>
          <tbody>
            <Tokens name="Input" count={usage.inputTokens} />
            <Tokens
              name="not from the cache"
              count={(usage.inputTokens ?? 0) - usage.cacheReadTokens - usage.cacheWriteTokens}
              isPart={usage.cacheReadTokens + usage.cacheWriteTokens > 0}
              isHidden={usage.cacheReadTokens + usage.cacheWriteTokens === 0}
            />
            <Tokens name="read from the cache" count={usage.cacheReadTokens} isPart />
            <Tokens name="written to the cache" count={usage.cacheWriteTokens} isPart />
            <Tokens name="Output" count={usage.outputTokens} />
            <Tokens name="reasoning" count={usage.reasoningTokens} isPart />
            {modalTokens.map(({ modality, inputTokens, outputTokens, cacheReadTokens }) => (
              <Fragment key={modality}>
                <Tokens name={`${modality} in`} count={inputTokens} isPart />
                <Tokens name={`${modality} from the cache`} count={cacheReadTokens} isPart />
                <Tokens name={`${modality} out`} count={outputTokens} isPart />
              </Fragment>
            ))}
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
              <CostRow key={line.what} line={line} />
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

/** A row of the cost; one that the gateway or the library reported has no arithmetic. */
function CostRow({ line }: { readonly line: CostLine }): ReactElement {
  if (line.what === "reported") {
    return (
      <tr>
        <th scope="row" colSpan={3}>
          as reported with the call, not computed here
        </th>
        <td>{exactCost(line.nanoUsd)}</td>
      </tr>
    );
  }
  return (
    <tr>
      <th scope="row">{line.what.replaceAll("_", " ")}</th>
      <td>{exactCount(line.tokens)}</td>
      <td>{line.nanoUsdPerToken === null ? "unknown" : formatPrice(line.nanoUsdPerToken)}</td>
      <td>{exactCost(line.nanoUsd)}</td>
    </tr>
  );
}

interface TokensProps {
  readonly name: string;
  readonly count: number | null;
  readonly isPart?: boolean;
  readonly isHidden?: boolean;
}

function Tokens(props: TokensProps): ReactElement | null {
  const { name, count, isPart = false, isHidden = false } = props;
  if (isHidden || (isPart && (count ?? 0) <= 0)) return null;
  return (
    <tr className={isPart ? "sv-part" : ""}>
      <th scope="row">{name}</th>
      <td>{countText(count)}</td>
    </tr>
  );
}
