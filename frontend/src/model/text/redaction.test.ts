import { describe, expect, it } from "vitest";
import { explainRedaction, splitRedactions } from "./redaction";

describe("redactions", () => {
  it("are cut out of the text around them", () => {
    expect(splitRedactions("to [REDACTED:email], or [REDACTED:phone]")).toEqual([
      { type: "text", text: "to " },
      { type: "redaction", rule: "email" },
      { type: "text", text: ", or " },
      { type: "redaction", rule: "phone" },
    ]);
    expect(splitRedactions("[REDACTED:<b>]")).toEqual([{ type: "text", text: "[REDACTED:<b>]" }]);
  });

  it("say what they mean, the unscanned ones most of all", () => {
    expect(explainRedaction("email")).toContain("The privacy rule “email” removed something");
    expect(explainRedaction("restricted")).toContain("no trace:content:restricted. It is stored");
    expect(explainRedaction("content")).toContain("no trace:content. It is stored");
    expect(explainRedaction("unscanned")).toContain("did not get through this text in its time");
  });
});
