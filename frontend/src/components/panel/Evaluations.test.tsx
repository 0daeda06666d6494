import { expect, it } from "vitest";
import { makeContent, makeDetail } from "../../testing/make";
import { textOf } from "../../testing/render";
import { Evaluations } from "./Evaluations";

const JUDGED = { name: "Relevance", score: 0.5, label: "relevant", by: "HUMAN", explanation: null };

it("shows name, score and label of an evaluation without its explanation", () => {
  const text = textOf(<Evaluations detail={makeDetail({ evaluations: [JUDGED] })} />);
  expect(text).toBe("Evaluations What Score Label Relevance by human 0.5 relevant");
});

it("shows why to those who may read content", () => {
  const explained = { ...JUDGED, by: null, explanation: "It answers." };
  const content = makeContent({ evaluations: [explained] });
  const text = textOf(<Evaluations detail={makeDetail({ evaluations: [JUDGED], content })} />);
  expect(text).toBe("Evaluations What Score Label Why Relevance 0.5 relevant It answers.");
});

it("says nothing where nothing was judged", () => {
  expect(textOf(<Evaluations detail={makeDetail({})} />)).toBe("");
});
