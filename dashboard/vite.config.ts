import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where the built files go. */
export const OUT_DIR = join(import.meta.dirname, "..", "dist", "dashboard");

/** How the dashboard is built into `dist/dashboard`, which the server serves at `/`. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The server's content security policy knows neither inline scripts nor data: fonts.
  build: {
    outDir: OUT_DIR,
    emptyOutDir: true,
    target: "es2023",
    // Browsers that know light-dark(); for older ones it would be rewritten into what needs a script.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:4400", ws: true }, "/session": "http://127.0.0.1:4400", "/recording": { target: "http://127.0.0.1:4400", ws: true }, "/healthz": "http://127.0.0.1:4400" } },
  clearScreen: false,
});
