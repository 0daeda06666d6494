import { describe, expect, it } from "vitest";
import type { ProblemError } from "../model/problem";
import { fakeFetch, json } from "../testing/fakeFetch";
import { decodeConfig } from "./config";
import { challengeOf } from "./pkce";
import { safeReturnPath } from "./returnPath";
import { openSession } from "./session";
import type { Browser } from "./signIn";

const CONFIG = decodeConfig({
  issuer: "https://id.example/",
  client_id: "canvas",
  scopes: "openid trace:read",
  api_base_url: "",
});

const discovery = (more: object = {}) =>
  json({
    authorization_endpoint: "https://id.example/authorize",
    token_endpoint: "https://id.example/token",
    ...more,
  });

function fakeBrowser(search: string) {
  const stored = new Map<string, string>();
  const went: string[] = [];
  const browser: Browser = {
    location: {
      origin: "https://canvas.example",
      pathname: "/",
      search,
      assign: (url) => void went.push(String(url)),
    },
    history: { replaceState: (_state, _title, url) => void went.push(`stay ${String(url)}`) },
    sessionStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
  };
  return { browser, stored, went };
}

const token = (claims: object): string => `x.${btoa(JSON.stringify(claims))}.x`;

/** Leaves for the issuer, and gives what it was asked and what rests in the session's storage. */
async function leave(search = "?workflow=w") {
  const fake = fakeBrowser(search);
  const session = await openSession(CONFIG, fake.browser, fakeFetch(discovery()).fetcher);
  const url = new URL(fake.went[0] ?? "");
  return { ...fake, session, asked: url.searchParams, endpoint: url.origin + url.pathname };
}

/** Comes back from the issuer with the state that was sent. */
async function comeBack(answers: Response[], query = "code=abc", now = () => 0) {
  const left = await leave();
  const back = fakeBrowser(`?${query}&state=${left.asked.get("state") ?? ""}`);
  for (const [key, value] of left.stored) back.stored.set(key, value);
  const server = fakeFetch(...answers);
  const session = openSession(CONFIG, back.browser, server.fetcher, now);
  return { ...back, session, server, nonce: left.asked.get("nonce") };
}

const RESTRICTED = "trace:content:restricted";

describe("the scopes that are asked for", () => {
  it.each([
    ["openid trace:content", ["openid", RESTRICTED], `openid trace:content ${RESTRICTED}`],
    ["openid trace:content", ["openid", "trace:content"], "openid trace:content"],
    ["openid trace:content", undefined, "openid trace:content"],
    ["openid trace:content", "all", "openid trace:content"],
    ["openid trace:read", [RESTRICTED], "openid trace:read"],
    [`${RESTRICTED} trace:content`, [RESTRICTED], `${RESTRICTED} trace:content`],
  ])("are of %j, where the issuer offers %j, %j", async (scopes, offered, asked) => {
    const { browser, went } = fakeBrowser("");
    const answer = discovery({ scopes_supported: offered });
    await openSession({ ...CONFIG, scopes }, browser, fakeFetch(answer).fetcher);
    expect(new URL(went[0] ?? "").searchParams.get("scope")).toBe(asked);
  });

  it("are those of the settings alone, once the issuer has refused this client more", async () => {
    const config = { ...CONFIG, scopes: "openid trace:content" };
    const first = fakeBrowser("?execution=e1");
    const offer = discovery({ scopes_supported: [RESTRICTED] });
    await openSession(config, first.browser, fakeFetch(offer).fetcher);
    const state = new URL(first.went[0] ?? "").searchParams.get("state") ?? "";

    const back = fakeBrowser(`?error=invalid_scope&state=${state}`);
    for (const [key, value] of first.stored) back.stored.set(key, value);
    expect(await openSession(config, back.browser, fakeFetch().fetcher)).toBeNull();

    expect(back.went[0]).toBe("stay /?execution=e1");
    const again = new URL(back.went[1] ?? "").searchParams;
    expect(again.get("scope")).toBe("openid trace:content");

    const last = fakeBrowser(`?error=invalid_scope&state=${again.get("state") ?? ""}`);
    for (const [key, value] of back.stored) last.stored.set(key, value);
    const refused = openSession(config, last.browser, fakeFetch().fetcher);
    await expect(refused).rejects.toThrow("refused the sign-in: invalid_scope");
  });
});

describe("signing in", () => {
  it("leaves for the issuer with a challenge, and keeps the verifier for the way back", async () => {
    const { session, asked, endpoint, stored } = await leave();
    const pending = JSON.parse(stored.get("spanvas.sign-in") ?? "") as Record<string, string>;
    expect(session).toBeNull();
    expect(endpoint).toBe("https://id.example/authorize");
    expect(Object.fromEntries(asked)).toEqual({
      response_type: "code",
      client_id: "canvas",
      redirect_uri: "https://canvas.example/",
      scope: "openid trace:read",
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await challengeOf(pending.verifier ?? ""),
      code_challenge_method: "S256",
    });
    expect(pending.returnTo).toBe("/?workflow=w");
  });

  it("trades the code for a token and goes back to where the reader was", async () => {
    const answer = json({ access_token: token({ name: "Ada" }), expires_in: 600 });
    const { session, server, went, stored } = await comeBack([answer]);
    const opened = await session;
    expect(opened?.name).toBe("Ada");
    expect(await opened?.token()).toBe(token({ name: "Ada" }));
    expect(server.asked[0]?.body).toContain("code=abc");
    expect(server.asked[0]?.body).toContain("code_verifier=");
    expect(went).toEqual(["stay /?workflow=w"]);
    expect(stored.size).toBe(0);
  });

  it("refuses an answer to a question that this page did not ask", async () => {
    const { browser } = fakeBrowser("?code=abc&state=forged");
    const session = openSession(CONFIG, browser, fakeFetch(discovery()).fetcher);
    await expect(session).rejects.toThrow("not started from this page");
  });

  it("takes an id token of this sign-in, and refuses one of another", async () => {
    const left = await leave();
    const pending = JSON.parse(left.stored.get("spanvas.sign-in") ?? "") as { nonce: string };
    const claims = { iss: "https://id.example", aud: "canvas", sub: "u1", iat: 0, exp: 600 };
    const answer = async (nonce: string): Promise<string | undefined> => {
      const back = fakeBrowser(`?code=abc&state=${left.asked.get("state") ?? ""}`);
      for (const [key, value] of left.stored) back.stored.set(key, value);
      const idToken = token({ ...claims, nonce, name: "Ada" });
      const { fetcher } = fakeFetch(json({ access_token: "t", id_token: idToken }));
      return (await openSession(CONFIG, back.browser, fetcher, () => 0))?.name;
    };
    expect(await answer(pending.nonce)).toBe("Ada");
    await expect(answer("other")).rejects.toThrow("belongs to another request");
  });

  it.each([
    ["//evil.test/x", "/"],
    ["/\\evil.test/x", "/"],
    ["/\t/evil.test/x", "/"],
    ["/.//evil.test/x", "/"],
    ["https://evil.test/x", "/"],
    ["https:x", "/"],
    ["javascript:alert(1)", "/"],
    ["", "/"],
    ["/canvas/?workflow=w&span=s", "/canvas/?workflow=w&span=s"],
  ])("comes back from %j to %j", (returnTo, path) => {
    expect(safeReturnPath(returnTo, "https://canvas.example")).toBe(path);
  });

  it("does not break on a path that names another origin, nor on a torn memory of the sign-in", async () => {
    const left = await leave();
    const pending = JSON.parse(left.stored.get("spanvas.sign-in") ?? "") as { state: string };
    const state = pending.state;
    const comesBackWith = async (stored: string, answer: Response) => {
      const back = fakeBrowser(`?code=abc&state=${state}`);
      back.stored.set("spanvas.sign-in", stored);
      return openSession(CONFIG, back.browser, fakeFetch(answer).fetcher).then(() => back.went);
    };
    const hostile = JSON.stringify({ ...pending, returnTo: "//evil.test/x" });
    expect(await comesBackWith(hostile, json({ access_token: "t" }))).toEqual(["stay /"]);
    for (const torn of ["{torn", "null", "7", "{}"]) {
      await expect(comesBackWith(torn, discovery())).rejects.toThrow("not started from this page");
    }
  });

  it("says what the issuer said when it refused", async () => {
    const { session } = await comeBack([], "error=access_denied&error_description=No+consent");
    await expect(session).rejects.toThrow("refused the sign-in: No consent");
  });
});

describe("the token", () => {
  it("is gone shortly before it expires when it cannot be renewed", async () => {
    let now = 0;
    const answer = json({ access_token: "t", expires_in: 600 });
    const { session } = await comeBack([answer], "code=abc", () => now);
    const opened = await session;
    now = 579_000;
    expect(await opened?.token()).toBe("t");
    now = 581_000;
    expect(await opened?.token()).toBeNull();
  });

  it("is renewed once for all who find it old", async () => {
    let now = 0;
    const first = json({ access_token: "t1", refresh_token: "r", expires_in: 600 });
    const second = json({ access_token: "t2", expires_in: 600 });
    const { session, server } = await comeBack([first, second], "code=abc", () => now);
    const opened = await session;
    now = 590_000;
    expect(await Promise.all([opened?.token(), opened?.token()])).toEqual(["t2", "t2"]);
    expect(server.asked).toHaveLength(2);
  });

  it("is not taken from a renewal that speaks of another person: the session has ended", async () => {
    let now = 0;
    const left = await leave();
    const pending = JSON.parse(left.stored.get("spanvas.sign-in") ?? "") as { nonce: string };
    const back = fakeBrowser(`?code=abc&state=${left.asked.get("state") ?? ""}`);
    for (const [key, value] of left.stored) back.stored.set(key, value);
    const claims = { iss: "https://id.example", aud: "canvas", iat: 0, exp: 9_000 };
    const answer = (access: string, who: object) =>
      json({ access_token: access, refresh_token: "r", id_token: token({ ...claims, ...who }) });
    const server = fakeFetch(
      answer("t1", { sub: "ada", nonce: pending.nonce }),
      answer("t2", { sub: "ada" }),
      answer("t3", { sub: "eve" }),
    );
    const opened = await openSession(CONFIG, back.browser, server.fetcher, () => now);
    now = 299_000;
    expect(await opened?.token()).toBe("t2");
    now = 598_000;
    expect(await opened?.token()).toBeNull();
  });

  it("ends the session when the issuer does not renew it", async () => {
    let now = 0;
    const first = json({ access_token: "t1", refresh_token: "r", expires_in: 600 });
    const { session } = await comeBack(
      [first, json({ error: "invalid_grant" }, { status: 400 })],
      "code=abc",
      () => now,
    );
    const opened = await session;
    now = 590_000;
    expect(await opened?.token()).toBeNull();
  });
});

it("names the setting that config.json lacks", () => {
  let problem: ProblemError | null = null;
  try {
    decodeConfig({ issuer: "https://id.example" });
  } catch (error) {
    problem = error as ProblemError;
  }
  expect(problem?.message).toBe("config.json has no text “client_id”.");
});

it("makes the challenge of RFC 7636, appendix B", async () => {
  expect(await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});
