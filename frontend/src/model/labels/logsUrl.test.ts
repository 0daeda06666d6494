import { expect, it } from "vitest";
import { logsUrl } from "./logsUrl";

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
