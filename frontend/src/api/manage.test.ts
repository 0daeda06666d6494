import { expect, it } from "vitest";
import { createManager } from "./manage";

function manager(...scopes: string[]) {
  const sent: string[] = [];
  const made = createManager(
    ({ method, path }) => {
      sent.push(`${method} ${path}`);
      return Promise.resolve({ status: 200, body: {}, etag: null, servedAt: 0n });
    },
    () => Promise.resolve(new Set(scopes)),
  );
  return { made, sent };
}

it("offers what the token has the scopes for", async () => {
  expect(await manager("trace:delete", "trace:read").made.rights()).toEqual({
    mayDelete: true,
    mayHold: false,
  });
  expect(await manager("trace:hold").made.rights()).toEqual({ mayDelete: false, mayHold: true });
});

it("asks the API for what the reader has confirmed", async () => {
  const { made, sent } = manager();
  await made.deleteExecution("patients/7");
  await made.hold("exec_1");
  await made.release("exec_1");
  expect(sent).toEqual([
    "DELETE /v1/executions/patients%252F7",
    "POST /v1/executions/exec_1/hold",
    "DELETE /v1/executions/exec_1/hold",
  ]);
});
