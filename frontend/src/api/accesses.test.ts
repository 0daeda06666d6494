import { expect, it } from "vitest";
import { createAccessReader } from "./accesses";

function reader(body: unknown, ...scopes: string[]) {
  const sent: string[] = [];
  const made = createAccessReader(
    ({ method, path }) => {
      sent.push(`${method} ${path}`);
      return Promise.resolve({ status: 200, body, etag: null, servedAt: 0n });
    },
    () => Promise.resolve(new Set(scopes)),
  );
  return { made, sent };
}

const { signal } = new AbortController();

it("is for those whose token has the scope", async () => {
  expect(await reader({}, "audit:read").made.mayRead()).toBe(true);
  expect(await reader({}, "trace:read", "trace:content").made.mayRead()).toBe(false);
});

it("asks for an execution or a span, and for the next page", async () => {
  const { made, sent } = reader({ items: [], next_cursor: null });
  await made.list("patients/7", null, null, signal);
  await made.list("exec_1", "00f067aa0ba902b7", "abc", signal);
  expect(sent).toEqual([
    "GET /v1/executions/patients%252F7/accesses?limit=50",
    "GET /v1/executions/exec_1/accesses?limit=50&span_id=00f067aa0ba902b7&cursor=abc",
  ]);
});

it("reads records with and without what not every one has", async () => {
  const item = {
    access_id: "1".repeat(16),
    time_unix_nano: "1790000000000000000",
    principal: "ada",
    action: "trace",
    outcome: "structure",
    count: 1,
    request_id: "r",
  };
  const polled = {
    ...item,
    principal_name: "Ada Lovelace",
    count: 60,
    last_time_unix_nano: "1790000059000000000",
    target: "art_1",
    span_id: "00f067aa0ba902b7",
  };
  const { made } = reader({ items: [item, polled], unreadable: 2, next_cursor: "abc" });
  const page = await made.list("exec_1", null, null, signal);
  const plain = {
    accessId: "1".repeat(16),
    principal: "ada",
    principalName: null,
    action: "trace",
    target: null,
    spanId: null,
    outcome: "structure",
    count: 1,
    at: 1_790_000_000_000_000_000n,
    lastAt: null,
  };
  expect(page).toEqual({
    items: [
      plain,
      {
        ...plain,
        principalName: "Ada Lovelace",
        target: "art_1",
        spanId: "00f067aa0ba902b7",
        count: 60,
        lastAt: 1_790_000_059_000_000_000n,
      },
    ],
    unreadable: 2,
    nextCursor: "abc",
  });
});
