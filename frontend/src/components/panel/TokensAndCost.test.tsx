import { expect, it } from "vitest";
import { makeDetail } from "../../testing/make";
import { textOf } from "../../testing/render";
import { CallFigures, TokensAndCost } from "./TokensAndCost";

const USAGE = {
  inputTokens: 1_000,
  outputTokens: 50,
  cacheReadTokens: 600,
  cacheWriteTokens: 100,
  reasoningTokens: 0,
};

it("splits the input tokens by the cache, and leaves out parts that are 0", () => {
  const text = textOf(<TokensAndCost detail={makeDetail({ usage: USAGE })} />);
  expect(text).toContain(
    "Input 1,000 not from the cache 300 read from the cache 600 written to the cache 100 Output 50",
  );
  expect(text).not.toContain("reasoning");
});

it("says which model has no price", () => {
  const text = textOf(<TokensAndCost detail={makeDetail({ usage: USAGE, model: "house-7b" })} />);
  expect(text).toContain("No price is known for house-7b");
});

it("shows no arithmetic for a cost that was reported with the call", () => {
  const line = { what: "reported", tokens: 0, nanoUsdPerToken: null, nanoUsd: 2_000 };
  const detail = makeDetail({ usage: USAGE, cost: { nanoUsd: 2_000, lines: [line] } });
  expect(textOf(<TokensAndCost detail={detail} />)).toContain(
    "as reported with the call, not computed here $0.000002000",
  );
});

it("tells tokens that were not reported from none", () => {
  const usage = { ...USAGE, inputTokens: null, outputTokens: 0, cacheReadTokens: 0 };
  expect(textOf(<CallFigures detail={makeDetail({ usage })} />)).toBe("in not reported · out 0");
});

it("names the tokens of each modality as parts of the whole", () => {
  const audio = { modality: "audio", inputTokens: 40, outputTokens: null, cacheReadTokens: 10 };
  const text = textOf(
    <TokensAndCost detail={makeDetail({ usage: USAGE, modalTokens: [audio] })} />,
  );
  expect(text).toContain("audio in 40 audio from the cache 10");
  expect(text).not.toContain("audio out");
});
