/** Application blobs: what runs, and what is refused and why (hal/xs/engine/blob.c). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BuildError } from "../../../hal/xs/build.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import { build, buildTexts, run } from "./program.ts";

/** Offsets in BlobHeader. */
const AT = {
  byteOrder: 4,
  format: 8,
  xs: 12,
  idCount: 16,
  engine: 20,
  crc: 28,
  names: 36,
  nameCount: 40,
  nativeCount: 48,
  modules: 52,
};
const good = build("heap");

/** The blob with a change and a CRC that fits it. */
function changed(change: (blob: Buffer) => void): Buffer {
  const blob = Buffer.from(good);
  change(blob);
  blob.writeUInt32LE(crc32(blob.subarray(AT.crc + 4), 0), AT.crc);
  return blob;
}

function refused(blob: Uint8Array, reason: RegExp): void {
  const { status, stdout, stderr } = run(blob);
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.match(stderr, reason);
}

test("a good blob runs", () => {
  assert.equal(run(good).status, 0);
});

test("the same sources give the same bytes", () => {
  assert.deepEqual(build("heap"), good);
});

test("two blobs in one image run where they lie", () => {
  const image = Buffer.alloc(65536, 0xff);
  const other = buildTexts({ main: "trace('other\\n');" });
  good.copy(image, 4096);
  other.copy(image, 40004);
  assert.match(run(image, "--offset", "4096").stdout, /"kept":11000/);
  assert.equal(run(image, "--offset", "40004").stdout, "other\n");
  refused(image, /no application blob here/);
});

test("one flipped bit anywhere after the header is refused", () => {
  for (let at = AT.crc + 4; at < good.length; at += 97) {
    const blob = Buffer.from(good);
    blob[at] = (blob[at] ?? 0) ^ (1 << (at % 8));
    refused(blob, /blob is damaged \(CRC\)/);
  }
});

test("a blob that is cut off is refused", () => {
  refused(good.subarray(0, good.length - 1), /blob is cut off: \d+ of \d+ bytes/);
  refused(good.subarray(0, 64), /blob is cut off/);
  refused(good.subarray(0, 63), /no application blob here/);
});

test("a blob for another XS is refused, and says which", () => {
  refused(
    changed((blob) => {
      blob[AT.xs] = 17;
    }),
    /blob for XS 17\.3\.0 with 2 byte identifiers, this firmware is XS 13\.3\.0 with 2/,
  );
  refused(
    changed((blob) => {
      blob[AT.xs + 3] = 4;
    }),
    /with 4 byte identifiers/,
  );
});

test("a blob for other identifiers of the engine is refused", () => {
  refused(
    changed((blob) => {
      blob.writeUInt32LE(blob.readUInt32LE(AT.idCount) + 1, AT.idCount);
    }),
    /blob for XS_ID_COUNT \d+, this firmware has \d+/,
  );
  refused(
    changed((blob) => {
      blob.writeUInt32LE(1, AT.engine);
    }),
    /an engine with other identifiers or opcodes/,
  );
});

test("another byte order or format is refused", () => {
  refused(
    changed((blob) => {
      blob.writeUInt32BE(0x01020304, AT.byteOrder);
    }),
    /the other byte order/,
  );
  refused(
    changed((blob) => {
      blob.writeUInt32LE(99, AT.format);
    }),
    /blob format 99, this firmware reads 2/,
  );
});

test("tables and names that point outside are refused", () => {
  refused(
    changed((blob) => {
      blob.writeUInt32LE(0xfffffff0, AT.modules);
    }),
    /points outside itself/,
  );
  refused(
    changed((blob) => {
      blob.writeUInt32LE(blob.length, AT.nameCount);
    }),
    /points outside itself/,
  );
  refused(
    changed((blob) => {
      blob.writeUInt32LE(blob.length, AT.names);
    }),
    /points outside itself/,
  );
});

test("wrong counts of names and natives are refused", () => {
  const count = (at: number, more: number) =>
    changed((blob) => {
      blob.writeUInt32LE(blob.readUInt32LE(at) + more, at);
    });
  for (const at of [AT.nameCount, AT.nativeCount])
    for (const more of [1, -1])
      refused(count(at, more), /counts its names or natives wrong|points outside itself/);
  refused(
    changed((blob) => {
      blob.writeUInt32LE(0, AT.nameCount);
    }),
    /counts its names or natives wrong/,
  );
});

test("a blob that needs a native of another firmware is refused", () => {
  refused(
    changed((blob) => {
      blob.write("tuba", blob.lastIndexOf("xs_heap_figure") + 3);
    }),
    /blob needs native xs_tuba_figure, which this firmware has not/,
  );
});

test("a module that does not parse, or lacks an import, is an error in plain words", () => {
  assert.throws(
    () => buildTexts({ main: "let = ;" }),
    (error) => error instanceof BuildError && /main\.js:1: error/.test(error.message),
  );
  assert.throws(
    () => buildTexts({ main: 'import "./nowhere.js";' }),
    /main imports nowhere, which is neither/,
  );
  assert.throws(() => buildTexts({ main: 'import { x } from "crc-32";' }), /main imports crc-32/);
});
