import { describe, expect, it } from "vitest";
import { asZoom, formatZoom, pannedBy, parseZoom, zoomedBy, zoomTo } from "./zoom";

const AXIS = 10_000_000;

describe("a zoom", () => {
  it("lies on the axis", () => {
    expect(asZoom({ from: -2e6, to: 1e6 }, AXIS)).toEqual({ from: 0, to: 3e6 });
    expect(asZoom({ from: 9e6, to: 12e6 }, AXIS)).toEqual({ from: 7e6, to: 10e6 });
  });

  it("of the whole axis is none", () => {
    expect(asZoom({ from: 0, to: AXIS }, AXIS)).toBeNull();
    expect(zoomedBy({ from: 2e6, to: 8e6 }, AXIS, 4)).toBeNull();
  });

  it("goes no closer than a microsecond", () => {
    expect(asZoom({ from: 5e6, to: 5e6 }, AXIS)).toEqual({ from: 5e6, to: 5e6 + 1_000 });
  });

  it("keeps in place what lies under the pointer", () => {
    expect(zoomedBy({ from: 0, to: 8e6 }, AXIS, 0.5, 0.25)).toEqual({ from: 1e6, to: 5e6 });
  });

  it("moves by parts of what is seen, and stops at the ends", () => {
    expect(pannedBy({ from: 2e6, to: 4e6 }, AXIS, 0.5)).toEqual({ from: 3e6, to: 5e6 });
    expect(pannedBy({ from: 2e6, to: 4e6 }, AXIS, -9)).toEqual({ from: 0, to: 2e6 });
  });

  it("shows a span with a little room on both sides", () => {
    expect(zoomTo(4e6, 5e6, AXIS)).toEqual({ from: 3_920_000, to: 5_080_000 });
  });

  it("stands in a link as two numbers", () => {
    expect(formatZoom({ from: 12, to: 345 })).toBe("12-345");
    expect(parseZoom("12-345")).toEqual({ from: 12, to: 345 });
    expect([null, "", "5", "9-3", "-1-4", "1.5-2"].map(parseZoom)).toEqual(Array(6).fill(null));
  });
});
