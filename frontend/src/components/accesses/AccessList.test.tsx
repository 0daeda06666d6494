import { expect, it } from "vitest";
import { ProblemError } from "../../model/problem";
import type { Access, AccessPage } from "../../model/trace/source";
import type { ResourceView } from "../../state/resource";
import { SECOND, START } from "../../testing/make";
import { textOf } from "../../testing/render";
import { AccessRows } from "./AccessList";
import { howSeen, whatSeen } from "./accessWords";

const NAMES = new Map([["00f067aa0ba902b7", "draft the reply"]]);
const nameOf = (spanId: string): string | null => NAMES.get(spanId) ?? null;

function access(changes: Partial<Access> = {}): Access {
  return {
    accessId: "1".repeat(16),
    principal: "ada@example.com",
    principalName: null,
    action: "trace",
    target: null,
    spanId: null,
    outcome: "allowed",
    count: 1,
    at: START,
    lastAt: null,
    ...changes,
  };
}

function rows(changes: Partial<ResourceView<AccessPage>>, onOlder: (() => void) | null = null) {
  const view = { value: null, problem: null, readAt: Number(START / 1_000_000n), ...changes };
  return textOf(
    <table>
      <AccessRows view={view} isFirst nameOf={nameOf} onRetry={() => undefined} onOlder={onOlder} />
    </table>,
  );
}

const page = (...items: Access[]): AccessPage => ({ items, unreadable: 0, nextCursor: null });

it("says who has seen what, how and how often", () => {
  const shown = rows({
    value: page(
      access({ count: 60, lastAt: START + 59n * SECOND }),
      access({ accessId: "2".repeat(16), action: "search", outcome: "structure" }),
    ),
  });
  expect(shown).toContain("ada@example.com the trace with content 60 times");
  expect(shown).toContain("ada@example.com a search without content");
  expect(shown).not.toContain("Show older");
});

it("calls people by their names, beside the subjects of their tokens", () => {
  const shown = rows({
    value: page(
      access({ principal: "auth0|7", principalName: "Ada Lovelace" }),
      access({ accessId: "2".repeat(16), principal: "bob", principalName: "bob" }),
    ),
  });
  expect(shown).toContain("Ada Lovelace auth0|7 the trace");
  expect(shown).toContain("bob the trace");
  expect(shown).not.toContain("bob bob");
});

it("says that nobody has, and never while that is not known", () => {
  expect(rows({ value: page() })).toBe("Nobody yet.");
  expect(rows({})).not.toContain("Nobody");
  expect(rows({ value: page() }, () => undefined)).toBe("Show older");
});

it("says what cannot be read", () => {
  expect(rows({ value: { ...page(), unreadable: 2 } })).toBe("2 records cannot be read.");
});

it("says why the list is not there, and lets the reader try again", () => {
  const shown = rows({ problem: new ProblemError("unavailable", "The store does not answer.") });
  expect(shown).toContain("The server could not answer");
  expect(shown).toContain("Retry");
});

it.each([
  [{ action: "span", target: "00f067aa0ba902b7" }, "span draft the reply"],
  [{ action: "span", target: "aaaaaaaaaaaaaaaa" }, "span aaaaaaaa"],
  [{ action: "span" }, "several spans"],
  [
    { action: "artifact", target: "art_1", spanId: "00f067aa0ba902b7" },
    "file art_1 of draft the reply",
  ],
  [{ action: "artifact", target: "art_1" }, "file art_1"],
  [{ action: "artifact" }, "several files"],
  [{ action: "accesses" }, "who has seen it"],
  [{ action: "something new" }, "something new"],
])("calls %o by what it is", (changes, words) => {
  expect(whatSeen(access(changes), nameOf)).toContain(words);
});

it.each([
  [{ outcome: "refused", action: "artifact" }, "refused"],
  [{ outcome: "structure" }, "without content"],
  [{ action: "artifact" }, "with a link"],
  [{ action: "delete" }, "done"],
  [{}, "with content"],
] as const)("says of %o what was given", (changes, words) => {
  expect(howSeen(access(changes))).toBe(words);
});
