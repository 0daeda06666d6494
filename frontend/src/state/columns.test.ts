import { expect, it } from "vitest";
import { ALL_COLUMNS, createColumns, nextSort } from "./columns";

function fakeStorage(kept: Record<string, string> = {}) {
  const storage = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => (kept[key] = value),
  } as unknown as Storage;
  return { kept, storage: () => storage };
}

it("keeps which columns are hidden and how they are sorted", () => {
  const { kept, storage } = fakeStorage();
  const chosen = {
    hidden: new Set(["tokens", "cost"] as const),
    sort: { by: "duration", isLargestFirst: true } as const,
  };
  createColumns(storage).set(chosen);
  expect(kept).toEqual({ "spanvas.columns": "-tokens -cost duration:largest" });
  expect(createColumns(storage).get()).toEqual(chosen);
});

it("takes nonsense for nothing", () => {
  const { storage } = fakeStorage({ "spanvas.columns": "-names {} color:largest" });
  expect(createColumns(storage).get()).toEqual(ALL_COLUMNS);
});

it("holds a choice where the browser has no storage", () => {
  const columns = createColumns(() => {
    throw new DOMException("no", "SecurityError");
  });
  expect(columns.get()).toEqual(ALL_COLUMNS);
  columns.set({ hidden: new Set(["cost"]), sort: null });
  expect([...columns.get().hidden]).toEqual(["cost"]);
});

it("goes from the largest to the smallest to as it ran", () => {
  const largest = nextSort(null, "cost");
  const smallest = nextSort(largest, "cost");
  expect([largest, smallest, nextSort(smallest, "cost")]).toEqual([
    { by: "cost", isLargestFirst: true },
    { by: "cost", isLargestFirst: false },
    null,
  ]);
  expect(nextSort(largest, "tokens")).toEqual({ by: "tokens", isLargestFirst: true });
});
