/** A page of a real browser that has the decoder. */
import type { Browser, Page } from "playwright-core";
import { launch, LIMIT_MS } from "../browser.ts";

/** An address that the page has and no machine answers: what it loads, the test supplies. */
const ORIGIN = "http://decode.test/";

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
  const browser = await launch();
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
