/** The kit itself: its console, what it says of a board that falls silent, its images. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import type { Hal } from "../../../hal/hal.ts";
import { conformance, CONSOLE_PARTS, PART_NAMES } from "../../rig/conformance/plan.ts";
import { ConsoleReports } from "../../rig/conformance/consolereports.ts";
import { damagesOf } from "../../rig/conformance/serialbench.ts";
import { SimBench } from "../../rig/conformance/simbench.ts";
import { strangersOf } from "../../rig/conformance/stranger.ts";
import { espImage } from "../../rig/espimage.ts";
import { CLASS_ID, VENDOR_ID } from "../../rig/identity.ts";
import { buildImage } from "../../rig/image.ts";
import { Cli } from "../rig/cli.ts";
import { missingTools } from "../tools.ts";

/** For one command, on a machine that is busy. */
const LIMIT_MS = 300_000;

const { privateKey } = generateKeyPairSync("ed25519");

function packed(payload: Buffer, headerSize = 32): Buffer {
  return buildImage({
    payload,
    version: { major: 2, minor: 0, revision: 0, build: 0 },
    vendorId: VENDOR_ID,
    classId: CLASS_ID.sim,
    headerSize,
    key: privateKey,
  });
}

/** A board before it has a network. */
function unconnected(hal: Hal): Hal {
  return {
    ...hal,
    link: {
      request: () => {
        throw new Error("there is no network yet");
      },
    },
    datagrams: undefined,
  };
}

test("a board without a network proves clock, random bytes, identity and flash", async () => {
  const checks = await conformance(new SimBench(unconnected, { cuts: false }), CONSOLE_PARTS, {
    overConsole: true,
  });
  assert.deepEqual(
    checks.filter(({ problem }) => problem !== undefined),
    [],
  );
  assert.ok(checks.length >= 40, `${checks.length} checks`);
});

test("the command prints TAP, each line as soon as it is known", {
  skip: missingTools("host"),
}, async () => {
  const cli = new Cli(["conformance", "--board", "host", "--part", "rest", "--serial"]);
  assert.equal(await cli.until(cli.ended, LIMIT_MS), 0, cli.output + cli.errors);
  const all = cli.output.trimEnd().split("\n");
  // Among the lines of the board's console: it is asked for the next thing after that.
  const known = all.indexOf("ok 1 - random: two calls differ");
  const next = all.findIndex((line) => /^# \[.* ok - identity: every text is there$/.test(line));
  assert.ok(known > 0 && known < next, cli.output);
  const lines = all.filter((line) => !line.startsWith("# ["));
  const checks = lines.filter((line) => /^ok \d+ - /.test(line)).length;
  assert.ok(checks >= 10, cli.output);
  assert.equal(lines[0], "TAP version 13");
  assert.equal(lines.at(-2), `1..${checks}`);
  assert.match(
    lines.at(-1) ?? "",
    new RegExp(`^# board host: ${checks} of ${checks} promises kept`),
  );
});

test("checks of a base are skipped, with the reason, on a board that has none", async () => {
  const skipped = "this board has no base, and takes no deltas";
  const readable = "base: it can be read";
  const updated = "base: after an update it is the payload of the image, no more and no less";
  for (const [part, name] of [
    ["flash", readable],
    ["boot", updated],
  ] as const) {
    const bench = new SimBench((hal) => ({ ...hal, base: undefined }), { cuts: false });
    const checks = await conformance(bench, [part]);
    assert.deepEqual(
      checks.filter((check) => check.problem !== undefined || check.name.startsWith("base:")),
      [{ name, skipped }],
    );
  }
});

test("TAP says what was skipped, and the sum does not count it", async () => {
  const cli = new Cli(["conformance", "--board", "mcuboot", "--part", "flash"]);
  assert.equal(await cli.until(cli.ended, LIMIT_MS), 0, cli.output + cli.errors);
  const lines = cli.output.trimEnd().split("\n");
  const checks = lines.filter((line) => /^ok \d+ - /.test(line));
  const skipped = checks.filter((line) => line.includes(" # SKIP "));
  assert.deepEqual(
    skipped.map((line) => line.replace(/^ok \d+ - /, "")),
    ["base: it can be read # SKIP this board has no base, and takes no deltas"],
  );
  const kept = checks.length - 1;
  assert.match(
    lines.at(-1) ?? "",
    new RegExp(`^# board mcuboot: ${kept} of ${kept} promises kept, 1 skipped, `),
  );
});

test("over the console a lie is found as over the network, and its problem told", async () => {
  const deaf = new SimBench((hal) => ({ ...unconnected(hal), random: (bytes) => bytes.fill(7) }));
  const checks = await conformance(deaf, ["rest"], { overConsole: true });
  assert.deepEqual(
    checks.find(({ name }) => name === "random: two calls differ"),
    { name: "random: two calls differ", problem: "two calls gave the same 16 bytes" },
  );
});

test("parts that need a network are refused over the console", async () => {
  for (const part of PART_NAMES.filter((each) => !CONSOLE_PARTS.includes(each)))
    await assert.rejects(
      conformance(new SimBench(), [part], { overConsole: true }),
      new RegExp(`part ${part} needs the network`),
    );
});

test("the report of a boot that got lost is asked for again, and counts once", () => {
  const reports: string[] = [];
  const console = new ConsoleReports(({ kind }) => reports.push(kind));
  const boot = JSON.stringify({ kind: "boot" });
  for (const line of [
    "[   0.001] I board: starts",
    `[   0.002] I conformance: repo`,
    `[   3.002] I conformance: again ${boot}`,
    `[   3.004] I conformance: again ${boot}`,
    `[   3.005] I conformance: report {"kind":`,
    `[   3.006] I conformance: report {"kind":"done"}`,
  ])
    console.take(line);
  assert.deepEqual(reports, ["boot", "done"]);
  console.clear();
  console.take(`I conformance: again ${boot}`);
  assert.deepEqual(reports, ["boot", "done", "boot"]);
});

test("a board that falls silent is named by the last line of its console", async () => {
  const bench = new SimBench((hal) => ({
    ...hal,
    link: {
      request: () => {
        throw Object.assign(new Error("stuck"), { name: "LinkError", kind: "broken" });
      },
    },
  }));
  await assert.rejects(
    conformance(bench, ["rest"], { silentMs: 700 }),
    new RegExp(
      "no report of the board within 0\\.7 s after power came; " +
        "the last line of its console is: .* cannot be reached: broken",
    ),
  );
});

test("a board of which the program cannot be started fails the run", async () => {
  const bench = new SimBench();
  const broken = Object.assign(Object.create(bench) as SimBench, {
    run: () => Promise.reject(new Error("no such emulator")),
  });
  await assert.rejects(conformance(broken, ["rest"]), /no such emulator/);
});

test("on a serial board the last byte of the signature is damaged", () => {
  const image = packed(Buffer.alloc(500, 1));
  assert.deepEqual(damagesOf(image), {
    damages: [0, Math.floor(image.length / 2), image.length - 1],
    checksSignature: true,
  });
});

test("on a serial board of Espressif the last byte of the application is damaged", () => {
  const inner = espImage(Buffer.alloc(500, 1), "2.0.0");
  const { damages, checksSignature } = damagesOf(packed(inner, 1024));
  assert.equal(checksSignature, false);
  assert.equal(damages.at(-1), 1024 + inner.length - 1);
});

test("a stranger's images differ from the vendor's in their proofs alone", () => {
  const image = packed(Buffer.alloc(500, 1));
  const { "/stranger": stranger, "/forged": forged } = strangersOf(image);
  const proofs = image.length - 4 - 36 - 36 - 68;
  for (const other of [stranger, forged]) {
    assert.equal(other?.length, image.length);
    assert.deepEqual(other?.subarray(0, proofs + 40), image.subarray(0, proofs + 40));
    assert.notDeepEqual(other?.subarray(-64), image.subarray(-64));
  }
  assert.deepEqual(forged?.subarray(0, -64), image.subarray(0, -64));
  assert.notDeepEqual(stranger?.subarray(0, -64), image.subarray(0, -64));
});
