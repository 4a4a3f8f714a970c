/** A real browser: Debian's chromium, driven by playwright-core. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PROGRAM = "/usr/bin/chromium";
/** How long a browser may take, on a machine that is busy. */
export const LIMIT_MS = 120_000;

/** Says why tests in a browser are skipped. With CI set they run, and a missing browser fails. */
export const skip =
  process.env["CI"] === undefined && !existsSync(PROGRAM)
    ? "needs chromium (Debian package chromium)"
    : false;

/** Starts the browser. Throws when there is none. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: PROGRAM,
    // Continuous integration runs as root, for whom chromium has no sandbox.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    timeout: LIMIT_MS,
  });
}
