import { describe, expect, it } from "vitest";
import { logsUrl, requestCurl, shellQuoted, spanCurl } from "./spanLinks";

const LOGS =
  "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/g";

it("takes the console's address from the invocation's span", () => {
  expect(logsUrl({ "spanvas.log.url": LOGS })).toBe(LOGS);
  const china = "https://cn-north-1.console.amazonaws.cn/cloudwatch/home";
  expect(logsUrl({ "spanvas.log.url": china })).toBe(china);
});

it.each([
  "https://console.aws.amazon.com.evil.example/",
  "https://evilconsole.aws.amazon.com.example/",
  "http://eu-west-1.console.aws.amazon.com/",
  "javascript:alert(1)//.console.aws.amazon.com",
  "not an address",
  4711,
])("leads nowhere but to the console: %s", (address) => {
  expect(logsUrl({ "spanvas.log.url": address })).toBeNull();
});

it("is null where the span has none", () => {
  expect(logsUrl({})).toBeNull();
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
