import { expect, it } from "vitest";
import { barStyle } from "./barStyle";

it("begins early enough to be seen at the end of the lane, however short it is", () => {
  expect(barStyle(0.9999, 0.0001)).toEqual({
    left: "min(99.99%, 100% - 2px)",
    width: "0.01%",
    minWidth: 2,
  });
  expect(barStyle(1, 0)).toEqual({ left: "min(100%, 100% - 2px)", width: "0%", minWidth: 2 });
  expect(barStyle(0, 0)).toEqual({ left: "min(0%, 100% - 2px)", width: "0%", minWidth: 2 });
  expect(barStyle(0.25, 0.5, 6)).toEqual({
    left: "min(25%, 100% - 6px)",
    width: "50%",
    minWidth: 6,
  });
});
