import { expect, it } from "vitest";
import { barStyle } from "./barStyle";

it("begins early enough to be seen at the end of the lane, however short it is", () => {
  expect(barStyle(0.9999, 0.0001)).toEqual({
    left: "min(99.99%, 100% - 2px)",
    width: "0.01%",
  });
  expect(barStyle(1, 0)).toEqual({ left: "min(100%, 100% - 2px)", width: "0%" });
  expect(barStyle(0.95, 0.05, 6)).toEqual({ left: "min(95%, 100% - 6px)", width: "5%" });
});

it("begins where it begins in the rest of the lane", () => {
  expect(barStyle(0, 0)).toEqual({ left: "0%", width: "0%" });
  expect(barStyle(0.25, 0.5, 6)).toEqual({ left: "25%", width: "50%" });
});
