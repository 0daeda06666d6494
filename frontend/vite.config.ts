import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The local stack's origin, for `npm run dev`; the built page is served by the stack itself. */
const STACK = process.env.SPANVAS_STACK ?? "http://127.0.0.1:8321";

export default defineConfig({
  plugins: [react()],
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
