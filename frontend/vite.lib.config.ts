import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The library of `npm run build:lib`: React stays the host's own, viewers stay files of their own. */
export default defineConfig({
  plugins: [react()],
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "dist-lib",
    sourcemap: true,
    lib: {
      entry: { index: "src/lib/index.ts", style: "src/lib/style.ts" },
      formats: ["es"],
      cssFileName: "style",
    },
    rolldownOptions: { external: /^react(-dom)?($|\/)/ },
  },
});
