import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

/** The unit tests. What builds the page (`vite.config.ts`) needs none of it, and `make run` installs none of it. */
export default defineConfig({
  test: {
    include: ["{src,examples}/**/*.test.{ts,tsx}"],
    environment: "node",
    alias: { "spanvas-canvas": fileURLToPath(new URL("./src/lib/index.ts", import.meta.url)) },
  },
});
