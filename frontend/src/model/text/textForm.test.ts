import { describe, expect, it } from "vitest";
import { requestCurl, shellQuoted, spanCurl } from "../labels/curl";
import { explainRedaction, splitRedactions } from "./redaction";
import { textForm } from "./textForm";

describe("textForm", () => {
  it.each([
    ["Hello there, all is well.", "plain"],
    ["2 * 3 * 4 and a_b_c", "plain"],
    ["# Title\nwords", "markdown"],
    ["some **bold** words", "markdown"],
    ["- one\n- two", "markdown"],
    ["| a | b |\n|---|---|\n| 1 | 2 |", "markdown"],
    ["```python\nx = 1\n```", "markdown"],
    ['{"a": [1, 2]}', "json"],
    ["  [1, 2]\n", "json"],
    ["{not json}", "plain"],
    ["42", "plain"],
    ['{"a": 1} and more', "plain"],
  ])("takes %j as %s", (text, form) => {
    expect(textForm(text).form).toBe(form);
  });

  it("does not read very long texts as anything", () => {
    expect(textForm(`# ${"x".repeat(400_000)}`).form).toBe("plain");
  });

  it("looks at hostile texts in little time", () => {
    const hostile = [
      "*".repeat(300_000),
      "`".repeat(300_000),
      "|".repeat(300_000),
      "[".repeat(300_000),
    ];
    // A pattern that backtracks would not end before the test's own timeout.
    expect(hostile.map((text) => textForm(text).form)).toEqual([
      "plain",
      "markdown",
      "plain",
      "plain",
    ]);
  });
});

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
    expect(explainRedaction("unscanned")).toContain("did not get through this text in its time");
  });
});

describe("cURL", () => {
  it("quotes what came from a trace, so that a shell runs none of it", () => {
    expect(shellQuoted("it's $(reboot) `x`")).toBe("'it'\\''s $(reboot) `x`'");
  });

  it("keeps the token in the reader's own shell", () => {
    expect(spanCurl("https://canvas.example/v1/executions/e/spans/s")).toBe(
      `curl --fail-with-body -H "Authorization: Bearer $SPANVAS_TOKEN" 'https://canvas.example/v1/executions/e/spans/s'`,
    );
  });

  it("is made of HTTP spans alone", () => {
    expect(
      requestCurl({ "http.request.method": "POST", "url.full": "https://a.example/x?y='1'" }),
    ).toBe(`curl -X POST 'https://a.example/x?y='\\''1'\\'''`);
    expect(requestCurl({ "url.full": "file:///etc/passwd" })).toBeNull();
    expect(
      requestCurl({ "http.request.method": "GET; reboot", "http.url": "http://a.example/" }),
    ).toBe("curl -X GET 'http://a.example/'");
    expect(requestCurl({})).toBeNull();
  });
});
