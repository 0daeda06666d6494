import { expect, it } from "vitest";
import { shortcutFor } from "./keys";

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
