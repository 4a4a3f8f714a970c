/**
 * The page as one file of HTML: script, style and, in a report, the events. It reaches for nothing
 * outside itself, and its policy forbids that it does.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isClone, root } from "../../root.ts";
import type { Recorded } from "../events/event.ts";
import { Exit, RigError } from "../exit.ts";
import type { PageConfig } from "./model/order.ts";

const SOURCES = join(root, "test/rig/page");
/** Where the build puts main.js and page.css. */
export const BUNDLE = join(root, "build/js/test/rig/page/bundle");

interface Parts {
  readonly script: string;
  readonly style: string;
}

/** Reads what the build has made; in a clone it is made where it is missing or old. */
function parts(): Parts {
  const script = join(BUNDLE, "main.js");
  const style = join(BUNDLE, "page.css");
  if (isClone && (!existsSync(script) || statSync(script).mtimeMs < changed()))
    spawnSync(process.execPath, [join(root, "build/js/test/page.js")], { stdio: ["ignore", 2, 2] });
  if (!existsSync(script) || !existsSync(style))
    throw new RigError(
      Exit.noBoard,
      "the page is not built",
      isClone ? "type: npm ci && npm run build" : "install the package again",
    );
  return {
    script: readFileSync(script, "utf8").replaceAll("</script", "<\\/script"),
    style: readFileSync(style, "utf8"),
  };
}

/** When a source of the page was changed last, in ms since the epoch. */
function changed(): number {
  const names = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  return Math.max(...names.map((name) => statSync(join(SOURCES, name)).mtimeMs));
}

/** Returns the source expression of a policy that allows this text and no other. */
function allowed(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** JSON that may stand in a script element: nothing in it ends one. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/**
 * Returns the page. With `events` it is a report, which makes no request at all; without, it asks
 * its own origin for them. Throws a RigError when the page was not built.
 */
export function pageHtml(config: PageConfig, events?: readonly Recorded[]): string {
  const { script, style } = parts();
  const policy = [
    "default-src 'none'",
    `script-src ${allowed(script)}`,
    `style-src ${allowed(style)}`,
    "style-src-attr 'none'",
    "img-src data:",
    `connect-src ${events === undefined ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const lines = events?.map(inScript).join("\n");
  const data =
    lines === undefined
      ? ""
      : `<script type="application/x-ndjson" id="events">\n${lines}\n</script>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>xs-fumo</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<script type="application/json" id="config">${inScript(config)}</script>
${data}<script type="module">${script}</script>
</body>
</html>
`;
}
