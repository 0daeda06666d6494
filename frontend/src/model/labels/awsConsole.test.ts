import { describe, expect, it } from "vitest";
import { makeDetail } from "../../testing/make";
import { consoleLinks, executionConsoleUrl, functionUrl, logLinesUrl, logsUrl } from "./awsConsole";

const START = 1_763_806_500_000_000_000n;
const SECOND = 1_000_000_000n;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const RESOURCE = {
  "faas.name": "brief",
  "cloud.region": "eu-west-1",
  "aws.log.group.names": ["/aws/lambda/brief"],
};
const LOGS =
  "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/g";
const SPAN = makeDetail({
  traceId: TRACE,
  start: START,
  end: START + 3n * SECOND,
  resource: RESOURCE,
});

describe("the log lines of a span", () => {
  it("are a query of Logs Insights for its trace, in its log group, around its time", () => {
    expect(logLinesUrl(SPAN, START)).toBe(
      "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights" +
        "$3FqueryDetail$3D$257E$2528start$257E$25272025-11-22T10*3a14*3a50.000Z" +
        "$257Eend$257E$25272025-11-22T10*3a15*3a13.000Z" +
        "$257EtimeType$257E$2527ABSOLUTE$257Etz$257E$2527UTC" +
        "$257EeditorString$257E$2527fields*20*40timestamp*2c*20level*2c*20message*2c*20span_id*2c*20*40log" +
        `*0a*7c*20filter*20trace_id*20*3d*20*22${TRACE}*22*0a*7c*20sort*20*40timestamp*20asc*0a*7c*20limit*2010000` +
        "$257Esource$257E$2528$257E$2527*2faws*2flambda*2fbrief$2529$2529",
    );
  });

  it("are asked for until now while the span is open", () => {
    const open = makeDetail({ ...SPAN, end: null });
    expect(logLinesUrl(open, START + 60n * SECOND)).toContain(
      "end$257E$25272025-11-22T10*3a16*3a10.000Z",
    );
  });

  it("are asked for in each of several groups", () => {
    const groups = { ...RESOURCE, "aws.log.group.names": ["/a", "/b"] };
    expect(logLinesUrl(makeDetail({ ...SPAN, resource: groups }), START)).toContain(
      "source$257E$2528$257E$2527*2fa$257E$2527*2fb$2529",
    );
  });

  it("are found by what the span itself says, too", () => {
    const said = makeDetail({ ...SPAN, resource: {}, attributes: RESOURCE });
    expect(logLinesUrl(said, START)).toBe(logLinesUrl(SPAN, START));
  });

  it.each([
    [{ "cloud.region": "evil.example/" }],
    [{ "cloud.region": "us-iso-east-1" }],
    [{ "cloud.region": null }],
    [{ "aws.log.group.names": ['a" or 1=1'] }],
    [{ "aws.log.group.names": [] }],
    [{ "aws.log.group.names": [4711] }],
  ])("are not asked for where the place is none: %j", (wrong) => {
    const span = makeDetail({ ...SPAN, resource: { ...RESOURCE, ...wrong } });
    expect(logLinesUrl(span, START)).toBeNull();
  });

  it("are not asked for by a trace id that is none", () => {
    expect(logLinesUrl(makeDetail({ ...SPAN, traceId: '" or "' }), START)).toBeNull();
  });
});

describe("the page of a function", () => {
  it("is that of its name, in the console of its region", () => {
    expect(functionUrl(SPAN)).toBe(
      "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/brief",
    );
    const china = makeDetail({ ...SPAN, resource: { ...RESOURCE, "cloud.region": "cn-north-1" } });
    expect(functionUrl(china)).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\/lambda/);
    const government = makeDetail({
      ...SPAN,
      resource: { ...RESOURCE, "cloud.region": "us-gov-west-1" },
    });
    expect(functionUrl(government)).toMatch(
      /^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\/lambda/,
    );
  });

  it.each(["../x", "a b", "a?b", ""])("is none for a name that is none: %s", (name) => {
    const span = makeDetail({ ...SPAN, resource: { ...RESOURCE, "faas.name": name } });
    expect(functionUrl(span)).toBeNull();
  });
});

it("lists what there is, in one order", () => {
  const machine = "arn:aws:states:eu-west-1:123456789012:execution:order-flow:order-17";
  const all = makeDetail({
    ...SPAN,
    attributes: { "spanvas.log.url": LOGS, "spanvas.state_machine.execution.arn": machine },
  });
  expect(consoleLinks(all, START).map(({ label }) => label)).toEqual([
    "Log lines",
    "Log of this invocation",
    "Function",
    "State machine",
  ]);
  expect(consoleLinks(all, START)[3]?.url).toBe(executionConsoleUrl(machine));
  expect(consoleLinks(makeDetail({ resource: {}, attributes: {} }), START)).toEqual([]);
});

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
