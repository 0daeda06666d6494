import { beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../model/problem";
import { fakeFetch, json } from "../testing/fakeFetch";
import { settled } from "../testing/fakeTimer";
import { createTokenProvider } from "./renewal";
import { requestTokens, type Tokens } from "./tokens";

const FIRST: Tokens = {
  accessToken: "t1",
  idToken: null,
  refreshToken: "r1",
  expiresAt: 600_000,
};

let now = 0;
beforeEach(() => {
  now = 0;
});

/** A session whose provider gives these answers, one at each renewal. */
function renewedBy(...answers: (Response | Error)[]) {
  const server = fakeFetch(...answers);
  const renew = (refreshToken: string): Promise<Tokens> =>
    requestTokens("https://id.example/token", server.fetcher, () => now, {
      refresh_token: refreshToken,
    });
  return { token: createTokenProvider(FIRST, renew, () => now), asked: server.asked };
}

const good = (accessToken: string, more: object = {}): Response =>
  json({ access_token: accessToken, expires_in: 600, ...more });
const down = (status = 503, headers: Record<string, string> = {}): Response =>
  new Response("<h1>Down</h1>", { status, headers });
const refused = (error: string, status = 400): Response => json({ error }, { status });

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  const thrown: unknown = await promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  if (thrown instanceof ProblemError) return thrown;
  throw new Error(`no problem, but ${String(thrown)}`);
}

describe("a token that comes to its end", () => {
  it("is renewed in the background a minute before, and used meanwhile", async () => {
    const { token, asked } = renewedBy(good("t2"));
    now = 539_999;
    expect(await token()).toBe("t1");
    expect(asked).toHaveLength(0);
    now = 540_000;
    expect(await token()).toBe("t1");
    await settled();
    expect(asked).toHaveLength(1);
    expect(await token()).toBe("t2");
  });

  it("is waited for in its last 20 seconds, once for all who ask", async () => {
    const { token, asked } = renewedBy(good("t2"));
    now = 580_000;
    expect(await Promise.all([token(), token(), token()])).toEqual(["t2", "t2", "t2"]);
    expect(asked).toHaveLength(1);
  });

  it("keeps its refresh token when the provider sends no other, and takes another one", async () => {
    const { token, asked } = renewedBy(good("t2"), good("t3", { refresh_token: "r2" }), good("t4"));
    for (const step of [1, 2, 3]) {
      now = step * 600_000 - 1_000;
      await token();
    }
    expect(asked.map(({ body }) => body)).toEqual([
      "refresh_token=r1",
      "refresh_token=r1",
      "refresh_token=r2",
    ]);
  });

  it("is not renewed at every request when it is good for half a minute only", async () => {
    const { token, asked } = renewedBy(json({ access_token: "t2", expires_in: 30 }));
    now = 590_000;
    expect(await token()).toBe("t2");
    now = 609_000;
    expect(await token()).toBe("t2");
    expect(asked).toHaveLength(1);
  });
});

describe("a provider that is down", () => {
  it.each([
    ["503", () => down()],
    ["500 with an OAuth error", () => refused("server_error", 500)],
    ["429", () => down(429)],
    ["a firewall's 403", () => down(403)],
    ["a proxy's 400", () => down(400)],
    ["temporarily_unavailable", () => refused("temporarily_unavailable")],
    ["no token", () => json({})],
    ["a captive portal", () => new Response("<h1>Hotel</h1>")],
    ["null", () => json(null)],
    ["no network", () => new TypeError("Failed to fetch")],
  ])(
    "(%s) does not end the session: the present token is used while it is good",
    async (_, answer) => {
      const { token } = renewedBy(answer(), answer(), good("t2"));
      now = 590_000;
      expect(await token()).toBe("t1");
      now = 599_999;
      expect(await token()).toBe("t1");
      now = 630_000;
      expect(await token()).toBe("t2");
    },
  );

  it("is asked again after 2, 4 and 8 seconds, and told as unavailable once the token is over", async () => {
    const { token, asked } = renewedBy(down(), down(), down(), good("t2"));
    now = 600_000;
    const problem = await problemOf(token());
    expect([problem.kind, problem.message]).toEqual([
      "unavailable",
      "The identity provider answered 503.",
    ]);
    const counts: number[] = [];
    for (const moment of [601_999, 602_000, 605_999, 606_000, 613_999]) {
      now = moment;
      await problemOf(token());
      counts.push(asked.length);
    }
    expect(counts).toEqual([1, 2, 2, 3, 3]);
    now = 614_000;
    expect(await token()).toBe("t2");
  });

  it("says itself when to come again", async () => {
    const { token, asked } = renewedBy(down(503, { "Retry-After": "20" }), good("t2"));
    now = 600_000;
    expect((await problemOf(token())).details.retryAfterSeconds).toBe(20);
    now = 619_999;
    await problemOf(token());
    expect(asked).toHaveLength(1);
    now = 620_000;
    expect(await token()).toBe("t2");
  });

  it("that does not answer in time is one that is down", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
    const { token } = renewedBy(new DOMException("signal timed out", "TimeoutError"), good("t2"));
    now = 600_000;
    const problem = await problemOf(token());
    expect([problem.kind, problem.message]).toEqual([
      "unavailable",
      "The identity provider did not answer in time.",
    ]);
    expect(timeout).toHaveBeenCalledWith(10_000);
    timeout.mockRestore();
  });

  it("is asked at once when the network is back", async () => {
    const { token } = renewedBy(new TypeError("Failed to fetch"), good("t2"));
    now = 600_000;
    expect((await problemOf(token())).kind).toBe("offline");
    expect(await token()).toBe("t2");
  });
});

describe("a provider that refuses", () => {
  it.each([
    ["invalid_grant", 400],
    ["invalid_client", 401],
    ["login_required", 400],
  ])("(%s, %i) ends the session for good", async (error, status) => {
    const { token, asked } = renewedBy(refused(error, status));
    now = 590_000;
    expect(await token()).toBeNull();
    expect(await token()).toBeNull();
    expect(asked).toHaveLength(1);
  });
});
