import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" } }, // smaller than the automatic runtime
  css: { lightningcss: { exclude: 1048576 } },
  build: {
    // the oldest browsers with adopted style sheets, without which the widget does not start
    target: ["chrome111", "edge111", "firefox114", "safari16.4"],
    lib: { entry: "src/main.ts", formats: ["iife"], name: "arcChatWidget", fileName: () => "widget.js" },
    minify: true,
    reportCompressedSize: false,
  },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"] },
});
