/**
 * Crashes in a row, as the boot selector in C counts them: what begins the count anew, the pause
 * before the start of an image that goes on crashing, and what that wears.
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ResetCause } from "../../../hal/hal.ts";
import { pauseMinutes } from "../../../hal/mcuboot/boot.ts";
import { root } from "../../root.ts";
import { LONG, selector } from "./selector.ts";

const CRASHES = ["watchdog", "panic", "unknown"] as const;
const MINUTE_MS = 60_000;
const FAILURES_MAX = 8;

test("crashes in a row of any kind count; power, restart and confirmation reset the count", () => {
  for (const end of ["power", "restart", "confirm"] as const) {
    const { boot } = selector();
    boot.reset("power");
    for (let n = 1; n <= 5; n++)
      strictEqual(boot.reset(CRASHES[n % CRASHES.length] ?? "panic").failures, n);
    if (end === "confirm") {
      boot.confirm();
      strictEqual(boot.running().failures, 5, "it is what led to this start");
    } else strictEqual(boot.reset(end).failures, 0);
    strictEqual(boot.reset("panic").failures, 1, end);
  }
});

test("a confirmation that the log cannot take leaves the count", () => {
  const { boot } = selector();
  boot.reset("power");
  boot.reset("panic");
  boot.flash.failing = () => "aloud";
  throws(() => boot.confirm(), /the boot log cannot be written/);
  boot.flash.failing = undefined;
  strictEqual(boot.reset("panic").failures, 2);
});

test("after eight crashes starts wait a minute, doubling to an hour; count and cause stay", () => {
  const { boot } = selector();
  boot.reset("power");
  const minutes: number[] = [];
  for (let n = 1; n <= 300; n++) {
    const cause: ResetCause = n % 2 === 0 ? "panic" : "watchdog";
    const failures = Math.min(n, 255);
    deepStrictEqual(boot.reset(cause), { slot: 0, trial: false, cause, failures });
    minutes.push(boot.pauseMs / MINUTE_MS);
  }
  deepStrictEqual(minutes.slice(0, 16), [0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
  ok(minutes.slice(14).every((pause) => pause === 60));
  boot.reset("power");
  strictEqual(boot.pauseMs, 0);
});

test("the pause is the same for boards whose boot loader is MCUboot", () => {
  const { boot } = selector();
  boot.reset("power");
  for (let failures = 1; failures <= 255; failures++) {
    boot.reset("panic");
    strictEqual(boot.pauseMs, pauseMinutes(failures) * MINUTE_MS, `${failures}`);
  }
});

test("an image whose trial is the eighth crash is over; the old one starts after a pause", () => {
  const { boot } = selector();
  boot.reset("power");
  for (let n = 1; n < FAILURES_MAX - 1; n++) boot.reset("panic");
  boot.arm();
  deepStrictEqual(boot.reset("panic"), { slot: 1, trial: true, cause: "panic", failures: 7 });
  strictEqual(boot.pauseMs, 0);
  deepStrictEqual(boot.reset("panic"), { slot: 0, trial: false, cause: "panic", failures: 8 });
  strictEqual(boot.pauseMs, MINUTE_MS);
});

test("crashes write one log entry each until the count stops, power-ons always one", () => {
  const { boot } = selector({ log: LONG });
  const erases = (): number => boot.flash.wear.reduce((sum, wear) => sum + wear, 0);
  boot.reset("power");
  for (let n = 0; n < 1000; n++) boot.reset("panic");
  strictEqual(erases(), 1, "the count stops at 255, and then nothing is written");
  for (let n = 0; n < 1000; n++) boot.reset("power");
  strictEqual(erases(), 1 + Math.floor((1000 + 256 - 1) / 256), "a start is an entry");
  const [even = 0, odd = 0] = boot.flash.wear;
  ok(Math.abs(even - odd) <= 1, "both blocks wear alike");
});

test("hal/README.md says in years what a loop of crashes wears, at one start an hour", () => {
  const readme = readFileSync(join(root, "hal/README.md"), "utf8");
  const [starts, erases] = [365 * 24, 100_000];
  const entries = (LONG.blocks * LONG.blockLength) / LONG.writeAlign;
  const log = Math.round((erases * entries) / starts).toLocaleString("en");
  ok(readme.includes(`| boot log, power-ons: an entry of 16 bytes | 2 of 4 KiB | ${log} |`), log);
  for (const blocks of [2, 4, 16]) {
    const years = Math.floor((erases * blocks) / starts);
    ok(readme.includes(`| ${blocks} | ${years} |`), `${blocks} blocks: ${years} years`);
  }
});
