import { expect, it } from "vitest";
import { artifactView, drawnType, essenceOf } from "./artifactView";

it.each([
  ["image/png", "image"],
  ["image/svg+xml", "drawing"],
  ["text/markdown; charset=utf-8", "markdown"],
  ["TEXT/CSV", "table"],
  ["application/json", "json"],
  ["text/html", "page"],
  ["application/pdf", "pdf"],
  ["audio/mpeg", "audio"],
  ["video/mp4", "video"],
  ["text/plain", "text"],
  ["application/zip", "none"],
])("shows %s as %s", (mediaType, view) => {
  expect(artifactView(mediaType)).toBe(view);
});

it("goes by the name where the type says nothing", () => {
  expect(artifactView("application/octet-stream", "build.LOG")).toBe("text");
  expect(artifactView("application/octet-stream", "model.bin")).toBe("none");
  expect(artifactView("application/zip", "not.html")).toBe("none");
});

it("names a file's type as the store has it, whatever it is drawn as", () => {
  expect(essenceOf("Image/PNG; q=1")).toBe("image/png");
  expect(essenceOf("application/octet-stream")).toBe("application/octet-stream");
  expect(essenceOf("")).toBe("application/octet-stream");
  expect(drawnType("", "chart.png")).toBe("image/png");
  expect(drawnType("text/plain", "chart.png")).toBe("text/plain");
});
