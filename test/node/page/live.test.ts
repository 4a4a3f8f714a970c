/**
 * The live page, in a browser, of a whole update on board sim: the power is cut by its button in
 * the middle of the download, the update goes on and ends, nodes are read and written, the report
 * is opened from disk.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { skip } from "../browser.ts";
import { Cli } from "../rig/cli.ts";
import { type Opened, open, text } from "./open.ts";

const LIMIT_MS = 240_000;
const FOLDER = mkdtempSync(join(tmpdir(), "xs-fumo-page-"));
const REPORT = join(FOLDER, "report.html");
/** The first request is slow enough for a button to be pressed in the middle. */
const WORDS = ["demo", "--board", "sim", "--size", "300KiB", "--fault", "package:slow:12000"];

let cli: Cli;
let url = "";
let live: Opened;

if (skip === false) {
  before(async () => {
    cli = new Cli([...WORDS, "--page", "--report", REPORT]);
    await cli.wait(() => /page: http\S+\n/.test(cli.errors), LIMIT_MS);
    url = /page: (\S+)/.exec(cli.errors)?.[1] ?? "";
    live = await open(url);
  });
  after(async () => {
    await live.close();
    await cli.stop();
    rmSync(FOLDER, { recursive: true, force: true });
  });
}

/** Presses a button by its name. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

test("a download is seen while it goes on", { skip, timeout: LIMIT_MS }, async () => {
  match(await text(live.page, "state", /^30/), /^30 Download Progressing$/);
  strictEqual(await text(live.page, "running", /runs/), "runs 1.0.0 from slot A");
  strictEqual(await text(live.page, "link", /live/), "live");
  match(await text(live.page, "transfer", /of/), /^\d+ of 300 KiB$/);
});

test("the power is cut by its button, which says its command line", { skip }, async () => {
  const { page } = live;
  await press(page, "Cut power");
  strictEqual(await text(page, "running", /power/), "no power");
  match(await text(page, "line", /curl/), /^curl -d '\{"what":"power","on":false\}' http.*orders$/);
  strictEqual(await text(page, "answer", /cut/), "The power was cut.");
  await page
    .getByText("── power off, by process")
    .or(page.getByText("power off, by process"))
    .first()
    .waitFor();
  strictEqual(await page.locator(".mark.loud", { hasText: "power off" }).count(), 1);
});

test("with power again the update goes on, and ends", { skip, timeout: LIMIT_MS }, async () => {
  const { page } = live;
  await press(page, "Power on");
  strictEqual(await text(page, "result", /result/), "result 200");
  strictEqual(await text(page, "running", /2\.0\.0/), "runs 2.0.0 from slot B");
  match(await text(page, "state", /^100/), /^100 Update Successful/);
  strictEqual(await text(page, "transfer", /300 of/), "300 of 300 KiB");
  const bars = await page.locator(".lane.State .bar").all();
  const titles = await Promise.all(bars.map((bar) => bar.getAttribute("title")));
  const states = titles.map((title) => /^State (\d+) /.exec(title ?? "")?.[1]);
  // Ready to Update may be too short to be told.
  deepStrictEqual(
    [...new Set(states)].filter((state) => state !== "50"),
    ["10", "30", "40", "60", "100"],
  );
  ok((await page.locator(".lane.power .bar").count()) === 2, "the power was on twice");
});

test("a node is read, and a value is refused, from the tree", { skip }, async () => {
  const { page } = live;
  await page.getByLabel("URI of a node").fill("./DevDetail");
  await page.locator("form.ask").getByRole("button", { name: "Get" }).click();
  const row = page.locator("li[data-uri='./DevDetail/HwV']");
  await row.waitFor();
  await row.hover();
  await row.getByRole("button", { name: "Get" }).click();
  await row.locator(".value", { hasText: /^\d/ }).waitFor();
  strictEqual(await text(page, "command", /HwV/), "Get ./DevDetail/HwV → 200");
  await row.getByRole("button", { name: "Replace" }).click();
  await page.getByLabel("new value of ./DevDetail/HwV").fill("9.9");
  await page.keyboard.press("Enter");
  match(await text(page, "command", /Replace/), /^Replace \.\/DevDetail\/HwV → 4\d\d$/);
});

test("a fault is made by its button, and says the word for the next run", { skip }, async () => {
  const { page } = live;
  const faults = page.getByLabel("faults");
  await faults.getByRole("button", { name: "Dropped" }).click();
  match(await text(page, "line", /--fault dm/), /^xs-fumo demo --board sim .* --fault dm:drop$/);
  match(await text(page, "answer", /Ordered/), /^Ordered: --fault dm:drop@\d+$/);
  await page
    .getByText(/fault: drop at request \d+/)
    .first()
    .waitFor();
});

test("the package is offered again by its button", { skip, timeout: LIMIT_MS }, async () => {
  const { page } = live;
  await press(page, "Update again");
  match(await text(page, "running", /slot A/), /^runs 2\.0\.0 from slot A/);
  strictEqual(await text(page, "result", /result/), "result 200");
});

test("a moment of the past is shown by every panel", { skip }, async () => {
  const { page } = live;
  await page.keyboard.press("Home");
  strictEqual(await text(page, "state", /State/), " no State yet");
  strictEqual(await text(page, "messages", /^0$/), "0");
  strictEqual(await page.locator(".tree li[data-uri]").count(), 0);
  while (!/^30/.test((await page.locator("[data-test=state]").textContent()) ?? ""))
    await page.keyboard.press("ArrowRight");
  match(await text(page, "running", /1\.0\.0/), /slot A/);
  await page.keyboard.press("End");
  strictEqual(await text(page, "link", /live/), "live");
});

test("a message is shown as sentences, as XML and as bytes, without its secrets", {
  skip,
}, async () => {
  const { page } = live;
  await page.locator(".messages .rows").evaluate("(rows) => rows.scrollTo(0, 0)");
  // The second message of a session has the credentials that the server asked for.
  await page.locator(".rows .row", { hasText: "Alert 1201" }).nth(1).click();
  await page.keyboard.press("r");
  match(await text(page, "message", /Alert 1201/), /the device began this session/);
  await page.keyboard.press("x");
  const xml = await text(page, "message", /<SyncML/);
  match(xml, /<VerProto>DM\/1\.2<\/VerProto>/);
  match(xml, /<Cred>[^]*<Data>\*{24}<\/Data>[^]*<\/Cred>/);
  await page.keyboard.press("h");
  match(await text(page, "message", /0000/), /0000 {2}3c [^]* 2a 2a 2a 2a 2a 2a /);
});

test("the page has had no error, and has asked nobody but the rig", { skip }, () => {
  deepStrictEqual(live.complaints, []);
  ok(live.requests.length > 3);
});

test("the report opens from disk, and makes no request", { skip, timeout: LIMIT_MS }, async () => {
  cli.interrupt();
  strictEqual(await cli.ended, 0, cli.errors);
  strictEqual(await text(live.page, "link", /ended/), "ended");
  const report = await open(pathToFileURL(REPORT).href);
  try {
    strictEqual(await text(report.page, "result", /result/), "result 200");
    strictEqual(await text(report.page, "link", /report/), "report");
    await report.page.getByLabel("faults").getByText("power off").first().click();
    strictEqual(await text(report.page, "running", /power/), "no power");
    ok((await report.page.locator(".rows .row").count()) > 5);
    for (const [width, height] of [
      [1400, 900],
      [1000, 800],
      [400, 800],
    ] as const) {
      await report.page.setViewportSize({ width, height });
      const wide = await report.page.evaluate<number>("document.documentElement.scrollWidth");
      strictEqual(wide, width, `at ${width} pixels the page is ${wide} wide`);
    }
    deepStrictEqual(report.requests, [`GET ${pathToFileURL(REPORT).href}`]);
    deepStrictEqual(report.complaints, []);
  } finally {
    await report.close();
  }
});

test("no secret is in the report", { skip }, () => {
  const html = readFileSync(REPORT, "utf8");
  const token = new URL(url).pathname.replaceAll("/", "");
  for (const secret of ["device-secret", "server-secret", token])
    ok(!html.includes(secret), `the report has ${secret}`);
});
