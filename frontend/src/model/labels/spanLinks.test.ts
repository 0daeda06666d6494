import { describe, expect, it } from "vitest";
import { executionConsoleUrl, logsUrl, requestCurl, shellQuoted, spanCurl } from "./spanLinks";

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

describe("the console's page of an execution", () => {
  const DURABLE =
    "arn:aws:lambda:eu-central-1:123456789012:function:parcels:$LATEST/durable-execution/order-7/inv-1234";
  const STATES = "arn:aws:states:eu-west-1:123456789012:execution:order-flow:order-17";

  it("is that of the durable execution", () => {
    expect(executionConsoleUrl(DURABLE)).toBe(
      "https://eu-central-1.console.aws.amazon.com/lambda/home?region=eu-central-1#/functions/parcels/versions/$LATEST/executions/order-7/inv-1234",
    );
    expect(executionConsoleUrl(DURABLE.replace("$LATEST", "12"))).toContain("/versions/12/");
  });

  it("is that of the state machine's execution", () => {
    expect(executionConsoleUrl(STATES)).toBe(
      `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${STATES}`,
    );
  });

  it("is in the console of the ARN's partition", () => {
    const china = STATES.replace("arn:aws:", "arn:aws-cn:").replace("eu-west-1", "cn-north-1");
    expect(executionConsoleUrl(china)).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\//);
    const government = DURABLE.replace("arn:aws:", "arn:aws-us-gov:").replace(
      "eu-central-1",
      "us-gov-west-1",
    );
    expect(executionConsoleUrl(government)).toMatch(
      /^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\//,
    );
    expect(executionConsoleUrl(DURABLE.replace("arn:aws:", "arn:aws-iso:"))).toBeNull();
    expect(executionConsoleUrl(DURABLE.replace("arn:aws:", "arn:constructor:"))).toBeNull();
  });

  it.each([
    "order-7",
    "",
    DURABLE.replace("eu-central-1", "evil.example/"),
    DURABLE.replace("inv-1234", "inv-1234/../x"),
    `${STATES}#x y`,
    "arn:aws:lambda:eu-central-1:123456789012:function:parcels",
    "arn:aws:states:eu-west-1:123456789012:stateMachine:order-flow",
  ])("is none of what is no such ARN: %s", (id) => {
    expect(executionConsoleUrl(id)).toBeNull();
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
