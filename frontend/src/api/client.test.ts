import { describe, expect, it } from "vitest";
import { explain, isPassing, type ProblemError } from "../model/problem";
import type { CanvasSource } from "../model/trace/source";
import { fakeFetch, json, type FakeFetch } from "../testing/fakeFetch";
import { wireRow, wireSpan, wireTrace } from "../testing/wire";
import { createClient } from "./client";
import { createHttp } from "./http";

const NOW = 1_764_000_000_000;
const { signal } = new AbortController();

function clientOf(
  server: FakeFetch,
  token: string | null = "secret",
  pause?: () => Promise<void>,
  isOnline = true,
): CanvasSource {
  const http = createHttp(
    "",
    () => Promise.resolve(token),
    server.fetcher,
    () => NOW,
  );
  return createClient(http, server.fetcher, "", pause, () => isOnline);
}

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  return promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error as ProblemError,
  );
}

describe("readTrace", () => {
  it("sends the token and gives trace, ETag and the server's clock", async () => {
    const server = fakeFetch(
      json(wireTrace(), { headers: { ETag: '"7"', Date: "Mon, 24 Nov 2025 16:00:09 GMT" } }),
    );
    const reading = await clientOf(server).readTrace("a/b", null, signal);
    expect(server.asked[0]).toEqual({
      url: "/v1/executions/a%252Fb/trace",
      method: "GET",
      headers: { Accept: "application/json", Authorization: "Bearer secret" },
      body: null,
    });
    expect(reading).toMatchObject({
      kind: "changed",
      etag: '"7"',
      trace: { status: "COMPLETE", servedAt: 1_764_000_009_000_000_000n },
    });
  });

  it.each([
    ["exec_1", "exec_1"],
    [
      "arn:aws:states:eu-west-1:1:execution:m:n",
      "arn%3Aaws%3Astates%3Aeu-west-1%3A1%3Aexecution%3Am%3An",
    ],
    ["a b", "a%20b"],
    ["patients/7", "patients%252F7"],
    ["what?", "what%253F"],
    ["100%", "100%2525"],
    ["日本/1", "%25E6%2597%25A5%25E6%259C%25AC%252F1"],
    ["..", "%252E%252E"],
  ])("asks for the run %s by a path that a gateway does not split", async (id, encoded) => {
    const server = fakeFetch(json(wireTrace()));
    await clientOf(server).readTrace(id, null, signal);
    expect(server.asked[0]?.url).toBe(`/v1/executions/${encoded}/trace`);
    expect(decodeURIComponent(decodeURIComponent(encoded))).toBe(id);
  });

  it("puts the pages of a large trace one behind the other, and tells of each", async () => {
    const page = (spanId: string, cursor: string | null) =>
      wireTrace({ rows: [wireRow({ span_id: spanId })], total_rows: 3, next_cursor: cursor });
    const server = fakeFetch(
      json(page("a", "c+1"), { headers: { ETag: '"7"' } }),
      json(page("b", "c+2"), { headers: { ETag: '"8"' } }),
      json(page("c", null)),
    );
    const told: number[] = [];
    const reading = await clientOf(server).readTrace("exec-1", null, signal, (soFar) =>
      told.push(soFar.rows.length),
    );
    expect(server.asked.map(({ url }) => url)).toEqual([
      "/v1/executions/exec-1/trace",
      "/v1/executions/exec-1/trace?cursor=c%2B1",
      "/v1/executions/exec-1/trace?cursor=c%2B2",
    ]);
    expect(told).toEqual([1, 2]);
    expect(reading).toMatchObject({
      etag: '"7"',
      trace: { rows: [{ spanId: "a" }, { spanId: "b" }, { spanId: "c" }], totalRows: 3 },
    });
  });

  it("asks for the next page before it decodes the one at hand", async () => {
    const rows = [wireRow()];
    const server = fakeFetch(
      json(wireTrace({ rows, total_rows: 2, next_cursor: "c1" })),
      json(wireTrace({ rows, total_rows: 2, next_cursor: null })),
    );
    const asked: number[] = [];
    const pause = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve));
      asked.push(server.asked.length);
    };
    await clientOf(server, "secret", pause).readTrace("exec-1", null, signal);
    expect(asked).toEqual([2, 2]);
  });

  it("fails when a page does, whatever was asked for by then", async () => {
    const server = fakeFetch(
      json(wireTrace({ rows: [wireRow()], total_rows: 2, next_cursor: "c1" })),
      json({ message: "No" }, { status: 503 }),
    );
    const problem = await problemOf(clientOf(server).readTrace("exec-1", null, signal));
    expect(problem.kind).toBe("unavailable");
  });

  it("asks with the ETag and understands that nothing changed", async () => {
    const server = fakeFetch(new Response(null, { status: 304 }));
    const reading = await clientOf(server).readTrace("exec-1", '"7"', signal);
    expect(server.asked[0]?.headers["If-None-Match"]).toBe('"7"');
    expect(reading).toEqual({ kind: "unchanged", servedAt: 1_764_000_000_000_000_000n });
  });
});

describe("what goes wrong", () => {
  it.each([
    [400, "invalid"],
    [401, "unauthorised"],
    [403, "forbidden"],
    [404, "not_found"],
    [422, "invalid"],
    [429, "unavailable"],
    [500, "unavailable"],
    [503, "unavailable"],
  ])("takes a %d for %s", async (status, kind) => {
    const server = fakeFetch(json({ message: "Not Found" }, { status }));
    const problem = await problemOf(clientOf(server).readTrace("exec-1", null, signal));
    expect(problem.kind).toBe(kind);
    expect(problem.message).toBe(`The server answered ${status}: Not Found.`);
  });

  it("passes on what a problem document says", async () => {
    const document = {
      type: "about:blank",
      title: "Invalid",
      status: 422,
      detail: "The input lacks a field.",
      errors: [{ field: "input.topic", message: "is required" }],
      request_id: "r-1",
    };
    const server = fakeFetch(json(document, { status: 422, headers: { "Retry-After": "3" } }));
    const problem = await problemOf(clientOf(server).startExecution("w", {}));
    expect(problem.message).toBe("The input lacks a field.");
    expect(problem.details).toEqual({
      status: 422,
      requestId: "r-1",
      fields: [{ field: "input.topic", message: "is required" }],
      retryAfterSeconds: 3,
    });
  });

  it.each([
    ["timeout", 504, "source_unavailable", true],
    ["unavailable", 503, "source_unavailable", true],
    ["refused", 502, "source_failed", false],
    ["answer", 502, "source_failed", false],
    ["too-large", 502, "source_failed", false],
  ])(
    "knows that the backend of the spans has failed: %s (%d)",
    async (slug, status, kind, passes) => {
      const document = {
        type: `urn:spanvas:problem:span-source-${slug}`,
        title: "The backend fails",
        status,
        detail: "Tempo does not answer.",
        request_id: "r-1",
      };
      const server = fakeFetch(json(document, { status }));
      const problem = await problemOf(clientOf(server).readTrace("exec-1", null, signal));
      expect([problem.kind, problem.message]).toEqual([kind, "Tempo does not answer."]);
      expect(isPassing(problem)).toBe(passes);
      expect(explain(problem, "execution").advice).toContain("Tempo does not answer.");
    },
  );

  it("knows an unreachable server from a broken answer", async () => {
    const offline = fakeFetch(new TypeError("Failed to fetch"));
    expect((await problemOf(clientOf(offline).readTrace("e", null, signal))).kind).toBe("offline");
    const broken = fakeFetch(new Response("<html>"));
    expect((await problemOf(clientOf(broken).readTrace("e", null, signal))).kind).toBe("contract");
  });

  it("lets an aborted request through as what it is", async () => {
    const server = fakeFetch(new DOMException("gone", "AbortError"));
    const error: unknown = await problemOf(clientOf(server).readTrace("e", null, signal));
    expect(error).toBeInstanceOf(DOMException);
  });

  it("asks nothing when nobody is signed in", async () => {
    const server = fakeFetch();
    const problem = await problemOf(clientOf(server, null).readTrace("e", null, signal));
    expect(problem.kind).toBe("unauthorised");
    expect(server.asked).toEqual([]);
  });
});

it("asks for executions with the query only", async () => {
  const server = fakeFetch(
    json({
      items: [],
      passed_over: 300,
      looked_through_unix_nano: "1764000000000000001",
      next_cursor: "c2",
    }),
  );
  const query = {
    workflowId: "w",
    status: "failed" as const,
    cursor: "c1",
    startedFrom: null,
    startedTo: null,
    isOldestFirst: true,
  };
  const page = await clientOf(server).listExecutions(query, signal);
  expect(server.asked[0]?.url).toBe(
    "/v1/executions?limit=50&workflow_id=w&status=failed&order=oldest_first&cursor=c1",
  );
  expect(page).toEqual({
    items: [],
    unreadable: [],
    passedOver: 300,
    lookedThrough: 1_764_000_000_000_000_001n,
    nextCursor: "c2",
  });
});

it("starts an execution with its input", async () => {
  const server = fakeFetch(json({ execution_id: "exec-9", status: "queued" }, { status: 202 }));
  expect(await clientOf(server).startExecution("w", { topic: "x" })).toBe("exec-9");
  expect(server.asked[0]).toMatchObject({
    url: "/v1/workflows/w/executions",
    method: "POST",
    body: '{"input":{"topic":"x"}}',
  });
});

it("reads a span", async () => {
  const server = fakeFetch(json(wireSpan()));
  const detail = await clientOf(server).readSpan("exec-1", "00f067aa0ba902b7", signal);
  expect(server.asked[0]?.url).toBe("/v1/executions/exec-1/spans/00f067aa0ba902b7");
  expect(detail.name).toBe("chat");
  expect(detail.otherVersions).toEqual([]);
});

it("reads integers of a span's attributes and arguments as they were sent", async () => {
  const text = JSON.stringify({ ...wireSpan(), attributes: { id: "ID" }, links: ["LINK"] })
    .replace('"ID"', "107505301260286111")
    .replace('"LINK"', "9007199254740993");
  const server = fakeFetch(new Response(text));
  const detail = await clientOf(server).readSpan("exec-1", "00f067aa0ba902b7", signal);
  expect(detail.attributes).toEqual({ id: 107505301260286111n });
  expect(detail.links).toEqual([9007199254740993n]);
});

it("reads what else was sent of a span", async () => {
  const other = { end_time_unix_nano: "7", differences: { name: "first" }, is_cut: false };
  const server = fakeFetch(json({ ...wireSpan(), other_versions: [other] }));
  const detail = await clientOf(server).readSpan("exec-1", "00f067aa0ba902b7", signal);
  expect(detail.otherVersions).toEqual([{ end: 7n, differences: { name: "first" }, isCut: false }]);
});

describe("artifacts", () => {
  const link = { url: "https://bucket.example/x?sig=1", mediaType: "text/csv", expiresAt: 1n };

  it("mints a link with the disposition that it is for", async () => {
    const server = fakeFetch(
      json({
        url: link.url,
        expires_at_unix_nano: "1",
        media_type: "text/csv",
        disposition: "inline",
      }),
    );
    expect(await clientOf(server).mintArtifactLink("e", "a", "inline")).toEqual(link);
    expect(server.asked[0]?.body).toBe('{"disposition":"inline"}');
  });

  it("reads the file without sending the token to the bucket", async () => {
    const server = fakeFetch(new Response("a,b"));
    const blob = await clientOf(server).readArtifact(link, 100, signal);
    expect(await blob.text()).toBe("a,b");
    expect(server.asked[0]?.headers).toEqual({});
  });

  it("does not read more than asked for, nor an expired link", async () => {
    const large = fakeFetch(new Response("x", { headers: { "Content-Length": "101" } }));
    expect((await problemOf(clientOf(large).readArtifact(link, 100, signal))).kind).toBe("invalid");
    const expired = fakeFetch(new Response("<Error>", { status: 403 }));
    expect((await problemOf(clientOf(expired).readArtifact(link, 100, signal))).kind).toBe("gone");
  });

  it.each([
    [
      { type: "t", title: "Not allowed", status: 403, detail: "the role lacks trace:read" },
      {},
      "the role lacks trace:read.",
    ],
    [
      { message: "Forbidden" },
      { "WWW-Authenticate": 'Bearer scope="trace:artifact" error="insufficient_scope"' },
      "Your sign-in lacks the permission trace:artifact.",
    ],
    [{ message: "Forbidden" }, {}, "The server answered 403: Forbidden."],
    [{ detail: "", message: 7 }, {}, "The server answered 403."],
    [{ detail: "No.", errors: "torn", request_id: 7 }, {}, "No."],
    [[], {}, "The server answered 403."],
    [null, {}, "The server answered 403."],
  ])("tells of a 403 what its body %j or its header says", async (body, headers, told) => {
    const server = fakeFetch(json(body, { status: 403, headers: headers as HeadersInit }));
    const problem = await problemOf(clientOf(server).mintArtifactLink("e", "a", "inline"));
    expect([problem.kind, problem.message]).toEqual(["forbidden", told]);
  });

  it("does not blame the server where a bucket keeps the file to itself", async () => {
    const blocked = fakeFetch(new TypeError("Failed to fetch"));
    expect((await problemOf(clientOf(blocked).readArtifact(link, 100, signal))).kind).toBe(
      "unreadable",
    );
    const offline = clientOf(fakeFetch(new TypeError("Failed to fetch")), "t", undefined, false);
    expect((await problemOf(offline.readArtifact(link, 100, signal))).kind).toBe("offline");
  });
});
