/** Packages that are damaged, not genuine, or not for this device, whichever way they come. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { CLASS_ID, VENDOR_ID } from "../rig/identity.ts";
import { generateKey } from "../rig/keys.ts";
import { Bench, type BenchOptions, packageWith, SLOT_BYTES, version } from "./bench.ts";
import { fails, recovers, WAYS } from "./check.ts";

/** One bit of a package, counted from its end when negative, is another. */
function flipped(offset: number): Buffer {
  const bytes = packageWith();
  const at = offset < 0 ? bytes.length + offset : offset;
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  return bytes;
}

interface Case {
  readonly name: string;
  readonly code: number;
  readonly bench: BenchOptions;
  /** The first 32 bytes tell: a pushed package is refused by the Status of its first chunk. */
  readonly early?: number;
}

const OTHER_KEY = generateKey("ed25519");
const OTHER_ID = Buffer.alloc(16, 0x77);

const CASES: readonly Case[] = [
  { name: "one bit of the payload is wrong", code: 402, bench: { offer: flipped(9000) } },
  {
    name: "one bit of the last byte of the payload is wrong",
    code: 402,
    bench: { offer: flipped(32 + 20_000 - 1) },
  },
  { name: "one bit of the load address is wrong", code: 402, bench: { offer: flipped(4) } },
  {
    name: "one bit of the security counter is wrong",
    code: 402,
    bench: { offer: flipped(32 + 20_000 + 8) },
  },
  { name: "one bit of the signature is wrong", code: 404, bench: { offer: flipped(-1) } },
  { name: "the last byte is missing", code: 402, bench: { offer: packageWith().subarray(0, -1) } },
  {
    name: "the records after the payload are missing",
    code: 402,
    bench: { offer: packageWith().subarray(0, 20_032) },
  },
  {
    name: "half of it is missing",
    code: 402,
    early: 403,
    bench: { offer: packageWith().subarray(0, 10_000) },
  },
  {
    name: "it is followed by other bytes",
    code: 402,
    bench: { offer: Buffer.concat([packageWith(), Buffer.alloc(64)]) },
  },
  { name: "it is no image", code: 402, early: 403, bench: { offer: Buffer.alloc(20_000, 0x41) } },
  { name: "it has no signature", code: 404, bench: { offer: packageWith({ key: undefined }) } },
  {
    name: "it is signed with another key",
    code: 404,
    bench: { offer: packageWith({ key: OTHER_KEY }) },
  },
  {
    name: "it is for another vendor",
    code: 403,
    bench: { offer: packageWith({ vendorId: OTHER_ID, classId: CLASS_ID.sim }) },
  },
  {
    name: "it is for another class",
    code: 403,
    bench: { offer: packageWith({ vendorId: VENDOR_ID, classId: CLASS_ID.host }) },
  },
  { name: "it names no class", code: 403, bench: { offer: packageWith({ classId: undefined }) } },
  {
    name: "its security counter is lower",
    code: 405,
    bench: { offer: packageWith({ securityCounter: 4 }), counter: 5 },
  },
  {
    name: "it has no security counter",
    code: 405,
    bench: { offer: packageWith({ securityCounter: undefined }) },
  },
  {
    name: "its version is lower",
    code: 405,
    early: 403,
    bench: { offer: packageWith({ version: version(0), securityCounter: 4 }) },
  },
  { name: "it is encrypted", code: 405, early: 403, bench: { offer: packageWith({ flags: 4 }) } },
];

for (const { name, code, bench, early } of CASES) {
  for (const way of WAYS.filter((candidate) => candidate !== "replace" || early === undefined)) {
    test(`${way}: ${name}: ${code}, also when power fails before it is reported`, () => {
      for (const cut of [false, true]) recovers(fails(bench, way, code, cut), way);
    });
  }
  if (early === undefined) continue;
  test(`replace: ${name}: Status ${early}, and no block is erased`, () => {
    const refused = new Bench({ ...bench, scenario: "replace" });
    const outcome = refused.run();
    deepStrictEqual(
      [outcome?.ok, outcome?.text],
      [false, `Replace ./FwUpdate/Main/Update/PkgData was answered ${early}`],
    );
    deepStrictEqual(
      [refused.wear, refused.alerts, refused.running, refused.state],
      [0, [], "1.0.0", 10],
    );
    recovers(refused, "replace");
  });
}

const HUGE = packageWith({}, SLOT_BYTES);

for (const way of ["download", "download-and-update"] as const) {
  test(`${way}: a package that does not fit gets 501 before any block is erased`, () => {
    const announced = fails({ offer: HUGE }, way, 501, false);
    strictEqual(announced.wear, 0);
    recovers(announced, way);
    const unannounced = fails(
      { offer: HUGE, host: { faults: [{ what: "noLength", at: 1, times: 99 }] } },
      way,
      501,
      false,
    );
    strictEqual(unannounced.wear, 0);
    recovers(unannounced, way);
  });

  test(`${way}: an image that says it fits and has more bytes than the slot: 501`, () => {
    const offer = Buffer.concat([packageWith(), Buffer.alloc(SLOT_BYTES)]);
    recovers(
      fails({ offer, host: { faults: [{ what: "noLength", at: 1, times: 99 }] } }, way, 501, false),
      way,
    );
    recovers(fails({ offer }, way, 501, false), way);
  });
}

test("replace: a package that does not fit: Status 420 before one block is erased", () => {
  const bench = new Bench({ offer: HUGE, scenario: "replace" });
  const outcome = bench.run();
  deepStrictEqual(
    [outcome?.ok, outcome?.text],
    [false, "Replace ./FwUpdate/Main/Update/PkgData was answered 420"],
  );
  deepStrictEqual([bench.wear, bench.running], [0, "1.0.0"]);
  recovers(bench, "replace");
});

test("the same version again is taken: a server may repair an installation", () => {
  const bench = new Bench({ offer: packageWith({ version: version(1), securityCounter: 1 }) });
  ok(bench.run()?.ok);
});
