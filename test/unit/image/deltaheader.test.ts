/** The header of delta packages: what it says, and what it may not say. */
import { fromBase64 } from "../../../src/base/base64.ts";
import { equal as same } from "../../../src/base/bytes.ts";
import {
  DELTA_START_BYTES,
  deltaHeaderSize,
  isDelta,
  parseDeltaHeader,
} from "../../../src/image/deltaheader.ts";
import { TlvType } from "../../../src/image/tlv.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { decode } from "../../rig/delta/unpack.ts";
import { ED25519_PACKAGE } from "../base/deltasamples.ts";
import { ED25519_IMAGE } from "./genuine.ts";

const PACKAGE = fromBase64(ED25519_PACKAGE) ?? new Uint8Array(0);
const IMAGE = fromBase64(ED25519_IMAGE) ?? new Uint8Array(0);

function changed(at: number, value: number): Uint8Array {
  const bytes = PACKAGE.slice();
  bytes[at] = value;
  return bytes;
}

test("a frozen package has the claims of its image in its header, and makes that image", () => {
  const header = parseDeltaHeader(PACKAGE);
  ok(header !== undefined);
  equal(header.size, 112 + 52);
  equal(header.baseLength, 0);
  equal(header.imageLength, IMAGE.length);
  deepEqual(header.image.version, { major: 2, minor: 0, revision: 1, build: 7 });
  ok(same(header.records.get(TlvType.vendorId) ?? IMAGE, new Uint8Array(16).fill(1)));
  const made = decode({
    base: new Uint8Array(0),
    imageLength: header.imageLength,
    body: PACKAGE.subarray(header.size),
  });
  ok(made !== undefined && same(made, IMAGE));
});

test("the first four bytes decide whether a package is a delta package", () => {
  ok(isDelta(PACKAGE) && isDelta(PACKAGE.subarray(0, 4)));
  ok(!isDelta(IMAGE) && !isDelta(PACKAGE.subarray(0, 3)));
  for (let at = 0; at < 4; at++) ok(!isDelta(changed(at, 0)));
});

test("a header of an impossible size, or with flags, is none", () => {
  equal(deltaHeaderSize(PACKAGE.subarray(0, DELTA_START_BYTES)), 164);
  equal(deltaHeaderSize(PACKAGE.subarray(0, DELTA_START_BYTES - 1)), undefined);
  const sized = (size: number): number | undefined => {
    const bytes = PACKAGE.slice();
    new DataView(bytes.buffer).setUint16(4, size, true);
    return deltaHeaderSize(bytes);
  };
  equal(sized(112), 112);
  equal(sized(111), undefined);
  equal(sized(112 + 2048), 112 + 2048);
  equal(sized(112 + 2049), undefined);
  equal(deltaHeaderSize(changed(6, 1)), undefined);
  equal(deltaHeaderSize(changed(7, 0x80)), undefined);
});

test("a header that contradicts itself is none", () => {
  equal(parseDeltaHeader(PACKAGE.subarray(0, 163)), undefined);
  const wrong: readonly (readonly [string, number, number])[] = [
    ["a digest of no base", 16, 1],
    ["an image that is shorter than what its header says", 12, 92],
    ["no image header", 80, 0],
    ["a protected area of another size", 90, 51],
    ["records that are not well-formed", 114, 51],
  ];
  for (const [what, at, value] of wrong)
    equal(parseDeltaHeader(changed(at, value)), undefined, what);
});

test("of a header that is cut short anywhere nothing is believed", () => {
  for (let length = 0; length < 164; length++)
    equal(parseDeltaHeader(PACKAGE.subarray(0, length)), undefined);
});
