import { readFileSync } from "node:fs";

import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The local stack's origin, for `npm run dev`; the built page is served by the stack itself. */
const STACK = process.env.SPANVAS_STACK ?? "http://127.0.0.1:8321";

const VERSION = new URL("../layers/spanvas/spanvas/version.py", import.meta.url);

/** Writes the project's version to `/version.json`: the doctor holds the page's against the API's. */
const version: Plugin = {
  name: "spanvas-version",
  generateBundle() {
    const found = /^VERSION: Final = "(.+)"$/m.exec(readFileSync(VERSION, "utf-8"));
    if (found === null) this.error(`There is no version in ${VERSION.pathname}.`);
    const source = `${JSON.stringify({ version: found[1] })}\n`;
    this.emitFile({ type: "asset", fileName: "version.json", source });
  },
};

export default defineConfig({
  plugins: [react(), version],
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(["/v1", "/config.json", "/oidc"].map((path) => [path, STACK])),
  },
  experimental: {
    // Scripts find each other beside themselves: the custom element may be loaded by another origin.
    renderBuiltUrl: (_file, { hostType }) => (hostType === "js" ? { relative: true } : undefined),
  },
  build: {
    target: "es2022",
    // Scripts, styles and icons stay files: the page's policy allows 'self' and no inline source.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", "spanvas-trace-tab": "src/element.ts" },
      output: {
        // The custom element keeps its name, so that a host page can point at it.
        entryFileNames: (chunk) =>
          chunk.name === "spanvas-trace-tab" ? "[name].js" : "assets/[name]-[hash].js",
      },
    },
  },
});
