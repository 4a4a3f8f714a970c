/** The page in a browser that tells of every error, and of every request that leaves. */
import type { Browser, Page } from "playwright-core";
import { launch, LIMIT_MS } from "../browser.ts";

export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the page, and requests to anybody but the rig. */
  readonly complaints: readonly string[];
  /** Every request that it made: method and address. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

const WIDE: Screen = { width: 1400, height: 900, scheme: "light" };

/** Opens `url` in a browser of its own. Throws when there is none. */
export async function open(url: string, screen: Screen = WIDE): Promise<Opened> {
  const browser: Browser = await launch();
  try {
    const { width, height, scheme: colorScheme } = screen;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    page.setDefaultTimeout(LIMIT_MS);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
    });
    page.on("request", (request) => {
      requests.push(`${request.method()} ${request.url()}`);
      if (!request.url().startsWith(url) && !request.url().startsWith("data:"))
        complaints.push(`it reached for ${request.url()}`);
    });
    await page.goto(url);
    return { page, complaints, requests, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Waits until the element that a test names has text like that: the text. */
export async function text(page: Page, name: string, like: RegExp): Promise<string> {
  const found = page.locator(`[data-test=${name}]`).filter({ hasText: like }).first();
  await found.waitFor();
  return (await found.textContent()) ?? "";
}
