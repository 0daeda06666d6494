import { describe, expect, it } from "vitest";
import { requestCurl, shellQuoted, spanCurl } from "./spanLinks";

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
