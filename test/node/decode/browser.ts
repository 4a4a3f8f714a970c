/** A page of a real browser: Debian's chromium, driven by playwright-core. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const PROGRAM = "/usr/bin/chromium";
const LIMIT_MS = 120_000;
/** An address that the page has and no machine answers: what it loads, the test supplies. */
const ORIGIN = "http://decode.test/";

/** Says why tests in a browser are skipped. With CI set they run, and a missing browser fails. */
export const skip =
  process.env["CI"] === undefined && !existsSync(PROGRAM)
    ? "needs chromium (Debian package chromium)"
    : false;

export interface OpenPage {
  readonly page: Page;
  readonly browser: Browser;
  /** Errors and warnings that the page has had so far. */
  readonly complaints: readonly string[];
}

/**
 * Opens a page that has the module `code` as `globalThis.decoder`. It reaches no network. Throws
 * when there is no browser, or when the module does not load.
 */
export async function openPage(code: string): Promise<OpenPage> {
  const browser = await chromium.launch({
    executablePath: PROGRAM,
    // Continuous integration runs as root, for whom chromium has no sandbox.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    timeout: LIMIT_MS,
  });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
    });
    await page.route("**/*", async (route) => {
      const path = route.request().url().slice(ORIGIN.length);
      if (path === "decode.js") await route.fulfill({ contentType: "text/javascript", body: code });
      else if (path === "")
        await route.fulfill({ contentType: "text/html", body: "<!doctype html><title>.</title>" });
      else if (path === "favicon.ico") await route.fulfill({ status: 204 });
      else await route.abort();
    });
    await page.goto(ORIGIN, { timeout: LIMIT_MS });
    await page.evaluate('import("/decode.js").then((all) => { globalThis.decoder = all; })');
    return { page, browser, complaints };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
