import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SHORTCUT_GROUPS, shortcutFor, shortcutLines } from "./keys";

const FREE = { isInTree: false, isInField: false, hasModifier: false };

it("takes letters anywhere in the tab, arrows in the tree only", () => {
  expect(shortcutFor({ ...FREE, key: "j" })?.what).toBe("Next span");
  expect(shortcutFor({ ...FREE, key: "ArrowDown" })).toBeNull();
  expect(shortcutFor({ ...FREE, key: "ArrowDown", isInTree: true })?.what).toBe("Next span");
});

it("takes nothing that is typed into a field or belongs to the browser", () => {
  expect(shortcutFor({ ...FREE, key: "j", isInField: true })).toBeNull();
  expect(shortcutFor({ ...FREE, key: "n", hasModifier: true })).toBeNull();
  expect(shortcutFor({ ...FREE, key: "q" })).toBeNull();
});

it("is told in the reference, key by key", () => {
  const page = readFileSync(
    new URL("../../../docs/reference/trace-tab.md", import.meta.url),
    "utf8",
  );
  const [, table = ""] = page.split("| key | does |\n|---|---|\n");
  const [told] = table.split("\n\n");
  const lines = SHORTCUT_GROUPS.flatMap((group) => shortcutLines(group)).map(
    ({ what, keys }) => `| ${keys.map((key) => `\`${key}\``).join(" ")} | ${what.toLowerCase()} |`,
  );
  expect(told?.split("\n")).toEqual(lines);
});
