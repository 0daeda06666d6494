import { expect, it } from "vitest";
import { fakeSource } from "../testing/fakeSource";
import { createHostPlaces, createMemoryPlaces, createMemoryViewStore, TraceTab } from ".";

/* eslint-disable @typescript-eslint/no-deprecated -- that they still work is what is tested */

it("takes the names of before this release", () => {
  const places = createMemoryPlaces();
  const ours = { source: fakeSource(), executionId: "exec-1" };
  expect(TraceTab({ ...ours, places }).props).toMatchObject({ viewStore: places });
  const viewStore = createMemoryViewStore();
  expect(TraceTab({ ...ours, viewStore }).props).toMatchObject({ viewStore });
  expect(createHostPlaces("span=a", () => undefined).get().spanId).toBe("a");
});
