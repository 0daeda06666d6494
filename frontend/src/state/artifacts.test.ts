import { expect, it } from "vitest";
import { ProblemError } from "../model/problem";
import type { TraceSource } from "../model/trace/source";
import { fakeSource } from "../testing/fakeSource";
import { createArtifacts } from "./artifacts";

const SECOND = 1_000_000_000n;

function setUp(refusals = 0) {
  let time = 0n;
  let refused = 0;
  const minted: string[] = [];
  const source: TraceSource = {
    ...fakeSource(),
    mintArtifactLink: (_executionId, artifactId, disposition) => {
      minted.push(`${disposition} ${artifactId}`);
      const url = `https://files.example/${minted.length}`;
      return Promise.resolve({ url, mediaType: "text/csv", expiresAt: time + 120n * SECOND });
    },
    readArtifact: (link) => {
      refused += 1;
      return refused > refusals
        ? Promise.resolve(new Blob([link.url]))
        : Promise.reject(new ProblemError("not_found", "expired"));
    },
  };
  const artifacts = createArtifacts(source, "exec-1", () => time);
  return { artifacts, minted, wait: (seconds: bigint) => (time += seconds * SECOND) };
}

const { signal } = new AbortController();

it("uses a link as long as it lives and mints the next one then", async () => {
  const { artifacts, minted, wait } = setUp();
  await artifacts.link("a", "attachment");
  wait(100n);
  await artifacts.link("a", "attachment");
  await artifacts.link("a", "inline");
  expect(minted).toEqual(["attachment a", "inline a"]);
  wait(15n);
  await artifacts.link("a", "attachment");
  expect(minted).toEqual(["attachment a", "inline a", "attachment a"]);
});

it("mints a refused link anew, once", async () => {
  const once = setUp(1);
  expect(await (await once.artifacts.read("a", 10, signal)).text()).toBe("https://files.example/2");
  const twice = setUp(2);
  await expect(twice.artifacts.read("a", 10, signal)).rejects.toThrow("expired");
  expect(twice.minted).toHaveLength(2);
});
