import { fileURLToPath } from "node:url";
import { constants } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { compression, defineAlgorithm } from "vite-plugin-compression2";
import { defineConfig } from "vitest/config";

/** Fetches the interface's font together with the scripts, so that the first text need not be set twice. */
const preloadFont: Plugin = {
  name: "preload-font",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => /inter-latin-wght-normal.*\.woff2$/.test(file))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${file}`, crossorigin: "" },
          injectTo: "head",
        })),
  },
};

/** What an app's own page shows first besides the entry; `app/pages.ts` imports it on demand. */
const WORKSPACE = ["src/workspace/WorkspacePage.tsx", "src/editor/EditorArea.tsx", "src/ui/LoadedMenu.tsx"];

/** Monaco's file. It is most of what is loaded, and comes when the text is there: sooner it would keep the rest waiting. */
const MONACO = "mount";

/**
 * Browsers that know this comment compile a file whole, on another thread while it arrives, instead of function by function
 * while the page starts. Of Monaco most is never called, and compiling that takes longer than it saves.
 */
const COMPILE_WHOLE = "//# allFunctionsCalledOnLoad";

/** A second copy of the page, for addresses of apps: what it shows first is fetched and compiled while the entry starts. */
const workspacePage: Plugin = {
  name: "workspace-page",
  enforce: "post",
  generateBundle(_options, bundle) {
    const page = bundle["index.html"];
    if (page?.type !== "asset") throw new Error("The build made no index.html");
    const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
    const wanted = new Set<string>();
    const want = (file: string): void => {
      if (wanted.has(file)) return;
      wanted.add(file);
      for (const imported of chunks.find(({ fileName }) => fileName === file)?.imports ?? []) want(imported);
    };
    for (const source of WORKSPACE) {
      const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/${source}`));
      if (chunk === undefined) throw new Error(`The build made no file of ${source}`);
      want(chunk.fileName);
    }
    const html = page.source.toString();
    const links = [...wanted].filter((file) => !html.includes(file)).map((file) => `    <link rel="modulepreload" crossorigin href="/${file}">\n`);
    this.emitFile({ type: "asset", fileName: "workspace.html", source: html.replace("  </head>", `${links.join("")}  </head>`) });
  },
};

// `npm run dev` serves the sources and passes everything else on to a Podium that is already running.
const server = process.env["PODIUM_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    preloadFont,
    react(),
    tailwindcss(),
    workspacePage,
    compression({
      include: /\.(js|css|html|svg|json|ttf)$/,
      threshold: 512,
      algorithms: [
        defineAlgorithm("gzip", { level: 9 }),
        defineAlgorithm("brotliCompress", {
          params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
        }),
      ],
    }),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  worker: { format: "es" },
  build: {
    target: ["chrome123", "firefox121", "safari17.5"],
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    // The preload helper's polyfill is an inline script, which the content security policy forbids.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3500,
    rolldownOptions: {
      output: {
        postBanner: ({ name }) => (name === MONACO ? "" : COMPILE_WHOLE),
        codeSplitting: {
          // What every page needs comes in two files instead of a dozen; all else follows the pages.
          groups: [
            { name: "base", test: /node_modules[\\/](react|react-dom|scheduler|zustand|@tanstack[\\/](query-core|react-query)|wouter|regexparam|clsx|openapi-fetch)[\\/]/ },
            { name: "shared", test: /src[\\/](api|lib|state)[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: server, changeOrigin: true, ws: true } },
  },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    // Most of the logic needs no document; files that do begin with `@vitest-environment happy-dom`.
    environment: "node",
    // Starting a process for each file took longer than the tests.
    isolate: false,
  },
});
