import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** A host has the package in its node_modules; here it stands two folders up. */
const PACKAGE = fileURLToPath(new URL("../../dist-lib/", import.meta.url));

export default defineConfig({
  plugins: [react()],
  base: "./",
  resolve: {
    alias: [
      { find: "spanvas-canvas/style.css", replacement: `${PACKAGE}style.css` },
      { find: "spanvas-canvas", replacement: `${PACKAGE}index.js` },
    ],
  },
});
