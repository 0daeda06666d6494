import { expect, it } from "vitest";
import { createHostPlaces } from "./hostPlaces";
import { EMPTY_TRACE_PLACE } from "./place";

it("gives the host a text for its URL and takes it back from there", () => {
  const told: string[] = [];
  const places = createHostPlaces(
    "",
    (text) => told.push(text),
    (text) => `https://host.example/#${text}`,
  );
  expect(places.get()).toMatchObject(EMPTY_TRACE_PLACE);
  places.replace({ ...EMPTY_TRACE_PLACE, spanId: "a", query: "late fee" });
  expect(told).toEqual(["span=a&q=late+fee"]);
  expect(places.permalink(places.get())).toBe("https://host.example/#span=a&q=late+fee");
  places.goTo("span=b");
  expect(places.get()).toMatchObject({ spanId: "b", query: "" });
  expect(told).toHaveLength(1);
});
