import { describe, expect, it } from "vitest";
import { requestCurl, shellQuoted, spanCurl, webAddress } from "./spanLinks";

it.each([
  ["https://grafana.example/explore?traceid=1", "https://grafana.example/explore?traceid=1"],
  ["http://127.0.0.1:16686/trace/1", "http://127.0.0.1:16686/trace/1"],
  ["javascript:ran(1)", null],
  ["grafana.example", null],
  [null, null],
])("leads to web pages alone: %s", (text, address) => {
  expect(webAddress(text)).toBe(address);
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
