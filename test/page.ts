/**
 * A step of `npm run build`: makes one script and one style sheet of the sources of the page, with
 * all that it needs in them. esbuild is a tool of a clone; an installed package brings the two.
 */
import { build } from "esbuild";
import { join } from "node:path";
import { root } from "./root.ts";
import { BUNDLE } from "./rig/page/html.ts";

const LICENCES =
  "/*! Contains Preact (c) Jason Miller, @preact/signals (c) Preact Team, uPlot (c) Leon " +
  "Sorokin and " +
  "@noble/hashes (c) Paul Miller, under the MIT License: see NOTICE of xs-fumo. */";

await build({
  absWorkingDir: root,
  entryPoints: ["main.tsx", "page.css"].map((name) => join(root, "test/rig/page/view", name)),
  outdir: BUNDLE,
  banner: { js: LICENCES },
  bundle: true,
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
  logLevel: "warning",
  minify: true,
  target: "es2022",
});
