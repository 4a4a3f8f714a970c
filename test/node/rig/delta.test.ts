/** Delta packages on the command line: made, shown, refused where they are of no use. */
import { deepStrictEqual, fail, match, ok, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findBlob } from "../../../hal/xs/previous.ts";
import { BOARDS } from "../../rig/boards/boards.ts";
import { buildImage } from "../../rig/image.ts";
import { developmentKey, packageOf, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { firmware, noise } from "../../unit/base/deltaimages.ts";
import { Cli } from "./cli.ts";

const folder = mkdtempSync(join(tmpdir(), "xs-fumo-delta-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Runs to the end. */
async function run(...words: readonly string[]): Promise<Cli & { readonly status: number }> {
  const cli = new Cli(words);
  return Object.assign(cli, { status: await cli.ended });
}

const path = (name: string): string => join(folder, name);
const old = packageOf(BOARDS.sim, VERSION_1, 30_000);
const next = packageOf(BOARDS.sim, VERSION_2, 30_000);
writeFileSync(path("v1.img"), old);
writeFileSync(path("v2.img"), next);
writeFileSync(path("key.pem"), developmentKey().export({ type: "pkcs8", format: "pem" }));
const foreign = buildImage({
  payload: noise(30_000, 1),
  version: VERSION_1,
  key: developmentKey(),
  securityCounter: 1,
});
writeFileSync(path("foreign.img"), foreign);
const tables = buildImage({
  payload: firmware(30_000, 0x20000000),
  version: VERSION_2,
  key: developmentKey(),
  securityCounter: 1,
  vendorId: noise(16, 1),
  classId: noise(16, 2),
});
writeFileSync(path("tables.img"), tables);

test("a delta package is small, says what it is for, and makes its image again", async () => {
  const made = await run(
    "pack",
    path("v2.img"),
    "--delta-from",
    path("v1.img"),
    "-o",
    path("a.xdp"),
  );
  strictEqual(made.status, 0, made.errors);
  match(made.output, /a\.xdp: version 2\.0\.0, /);
  ok(readFileSync(path("a.xdp")).length < 1000);
  const alone = await run("inspect", path("a.xdp"));
  strictEqual(alone.status, 0, alone.errors);
  match(alone.output, /^base +\d+ bytes, [0-9a-f]{64}$/m);
  match(alone.output, new RegExp(`^makes +${next.length} bytes, version 2\\.0\\.0$`, "m"));
  match(alone.output, /^security counter claimed +1$/m);
  const base = ["--base", path("v1.img"), "--key", path("key.pem")];
  const whole = await run("inspect", path("a.xdp"), ...base);
  strictEqual(whole.status, 0, whole.errors);
  match(whole.output, /^verdict +genuine$/m);
  const other = await run("inspect", path("a.xdp"), "--base", path("v2.img"));
  strictEqual(other.status, 1);
  match(other.errors, /v2\.img is not the base of .*a\.xdp/);
});

test("a compressed package needs no base", async () => {
  const made = await run("pack", path("tables.img"), "--compress", "-o", path("b.xdp"));
  strictEqual(made.status, 0, made.errors);
  ok(readFileSync(path("b.xdp")).length < tables.length * 0.92);
  const shown = await run("inspect", path("b.xdp"), "--key", path("key.pem"));
  strictEqual(shown.status, 0, shown.errors);
  match(shown.output, /^base +none$/m);
  match(shown.output, /^verdict +genuine$/m);
});

test("a delta that saves little is not written, and the error says what to do", async () => {
  const { status, errors } = await run(
    ...["pack", path("v2.img"), "--delta-from", path("foreign.img"), "-o", path("c.xdp")],
  );
  strictEqual(status, 1);
  match(errors, /without a base\n {2}the images have little in common: use --compress/);
});

test("a delta package that is damaged is shown as damaged", async () => {
  const bytes = readFileSync(path("b.xdp"));
  writeFileSync(path("short.xdp"), bytes.subarray(0, -1));
  const short = await run("inspect", path("short.xdp"));
  strictEqual(short.status, 1);
  match(short.errors, /short\.xdp is damaged: it makes no image/);
  bytes[6] = 1;
  writeFileSync(path("flags.xdp"), bytes);
  const flags = await run("inspect", path("flags.xdp"));
  strictEqual(flags.status, 1);
  match(flags.errors, /flags\.xdp has the header of no delta package/);
});

test("firmware that is built after a release makes a small delta from it", async () => {
  const [first, second, delta] = [path("h1.img"), path("h2.img"), path("h.xdp")];
  const build = ["build", "--board", "host", "--version"];
  strictEqual((await run(...build, "1.0.0", "-o", first)).status, 0);
  const made = await run(...build, "2.0.0", "--after", first, "-o", second);
  strictEqual(made.status, 0, made.errors);
  strictEqual((await run("pack", second, "--delta-from", first, "-o", delta)).status, 0);
  ok(readFileSync(delta).length < 500, `${readFileSync(delta).length} bytes`);
  const places = [first, second].map((file) => {
    const { names, code } = findBlob(readFileSync(file)) ?? fail(`${file} has no blob`);
    return [names, [...code]];
  });
  deepStrictEqual(places[1], places[0]);
});

test("--after is refused where it can do nothing, and for what is no release", async () => {
  const words = ["build", "--version", "2.0.0", "-o", path("none"), "--after"];
  const sim = await run(...words, path("v1.img"), "--board", "sim");
  strictEqual(sim.status, 2);
  match(sim.errors, /--after is for boards host, qemu, .*, not sim/);
  const text = await run(...words, path("key.pem"), "--board", "host");
  strictEqual(text.status, 2);
  match(text.errors, /--after .*key\.pem: the base is not an MCUboot image/);
  const other = await run(...words, path("v1.img"), "--board", "host");
  strictEqual(other.status, 3);
  match(other.errors, /the release before has no application of XS/);
});

const USAGE: readonly (readonly [words: readonly string[], told: RegExp])[] = [
  [[], /required option '--version <version>' not specified\n {2}only --delta-from and --compress/],
  [["--version", "1"], /required option '--key <file>' not specified/],
  [["--version", "1", "--key", "x"], /required option '--class <uuid>' not specified/],
  [["--compress", "--delta-from", "x"], /'--compress' cannot be used with option '--delta-from/],
  [["--compress", "--version", "1"], /'--compress' cannot be used with option '--version/],
  [["--delta-from", path("key.pem")], /the base is not an MCUboot image/],
];

for (const [words, told] of USAGE) {
  const typed = words.slice(0, 3).join(" ").replaceAll(folder, "DIR");
  test(`wrong usage of pack ends with 2 and says what is wrong: ${typed}`, async () => {
    const result = await run("pack", path("v2.img"), "-o", path("none"), ...words);
    strictEqual(result.status, 2, result.errors);
    match(result.errors, told);
  });
}
