import { describe, expect, it } from "vitest";
import { isShown, listWindow, scrollToShow } from "./windowing";

describe("listWindow", () => {
  it("holds the lines on the screen and some beyond", () => {
    expect(listWindow(2_800, 280, 28, 10_000, 5)).toEqual({ first: 95, end: 115 });
  });

  it("stays within the list", () => {
    expect(listWindow(0, 280, 28, 4, 5)).toEqual({ first: 0, end: 4 });
    expect(listWindow(9_999, 280, 28, 4, 5)).toEqual({ first: 4, end: 4 });
    expect(listWindow(0, 280, 28, 0, 5)).toEqual({ first: 0, end: 0 });
  });
});

describe("scrollToShow", () => {
  it("does not move for a line that is in view", () => {
    expect(scrollToShow(10, 100, 400, 28, 2)).toBe(100);
  });

  it("moves up and down no further than needed", () => {
    expect(scrollToShow(2, 500, 400, 28, 2)).toBe(0);
    expect(scrollToShow(10, 500, 400, 28, 2)).toBe(224);
    expect(scrollToShow(40, 0, 400, 28, 2)).toBe(804);
  });

  it("gives up the margin where the view is too low for it", () => {
    expect(scrollToShow(5, 0, 28, 28, 2)).toBe(140);
  });
});

describe("isShown", () => {
  it("is true for a line that stands in view as a whole", () => {
    expect(isShown(10, 280, 56, 28)).toBe(true);
    expect(isShown(11, 280, 56, 28)).toBe(true);
  });

  it("is false for a line that an edge cuts, that is elsewhere, or that is none", () => {
    expect(isShown(9, 280, 56, 28)).toBe(false);
    expect(isShown(11, 280, 55, 28)).toBe(false);
    expect(isShown(-1, 0, 800, 28)).toBe(false);
  });
});
