/** The 32 bytes that begin an image, and what is refused by them alone. */
import { TLV_BYTES_MAX } from "../../../src/base/limits.ts";
import {
  IMAGE_HEADER_BYTES,
  ImageFlag,
  parseImageHeader,
  type ImageHeader,
} from "../../../src/image/imageheader.ts";
import { admit, type ImagePolicy } from "../../../src/image/policy.ts";
import { deepEqual, equal, test } from "../../check.ts";

const HEADER: ImageHeader = {
  headerSize: 32,
  protectedSize: 52,
  payloadSize: 1000,
  flags: 0,
  version: { major: 1, minor: 2, revision: 3, build: 4 },
  loadAddress: 0,
};
const SIGNED = 32 + 52 + 1000;
const POLICY: ImagePolicy = {
  keys: [],
  vendorId: new Uint8Array(16),
  classId: new Uint8Array(16),
  runningVersion: { major: 1, minor: 2, revision: 3, build: 4 },
  securityCounter: 0,
  capacity: 4096,
  allowDowngrade: false,
};

function bytes(): Uint8Array {
  return Uint8Array.of(
    0x3d,
    0xb8,
    0xf3,
    0x96,
    1,
    0,
    0,
    0x20,
    32,
    0,
    52,
    0,
    0xe8,
    3,
    0,
    0,
    0,
    1,
    0,
    0,
    1,
    2,
    3,
    0,
    4,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  );
}

test("a header gives sizes, flags, version and load address", () => {
  deepEqual(parseImageHeader(bytes()), {
    ...HEADER,
    flags: ImageFlag.romFixed,
    loadAddress: 0x20000001,
  });
});

test("a header is read from a view in the middle of a buffer", () => {
  const buffer = new Uint8Array(100);
  buffer.set(bytes(), 7);
  equal(parseImageHeader(buffer.subarray(7, 39))?.payloadSize, 1000);
});

test("fewer than 32 bytes, another magic or a shorter header size is no image", () => {
  equal(parseImageHeader(bytes().subarray(0, IMAGE_HEADER_BYTES - 1)), undefined);
  for (let i = 0; i < 4; i++) {
    const wrong = bytes();
    wrong[i] = (wrong[i] ?? 0) ^ 1;
    equal(parseImageHeader(wrong), undefined);
  }
  const short = bytes();
  short[8] = 31;
  equal(parseImageHeader(short), undefined);
});

test("an image fits the slot to the last byte and not past it", () => {
  equal(admit(HEADER, undefined, { ...POLICY, capacity: SIGNED + 4 }), undefined);
  equal(admit(HEADER, undefined, { ...POLICY, capacity: SIGNED + 3 }), "tooLarge");
  equal(admit(HEADER, 4096, { ...POLICY, capacity: 4096 }), "corrupt");
  equal(admit(HEADER, SIGNED + 200, { ...POLICY, capacity: SIGNED + 200 }), undefined);
  equal(admit(HEADER, SIGNED + 201, { ...POLICY, capacity: SIGNED + 200 }), "tooLarge");
  equal(admit({ ...HEADER, payloadSize: 0xffffffff }, undefined, POLICY), "tooLarge");
});

test("the announced size must hold the image and not much more", () => {
  equal(admit(HEADER, SIGNED + 4, POLICY), undefined);
  equal(admit(HEADER, SIGNED + 3, POLICY), "corrupt");
  equal(admit(HEADER, SIGNED - 52 + TLV_BYTES_MAX, POLICY), undefined);
  equal(admit(HEADER, SIGNED - 52 + TLV_BYTES_MAX + 1, POLICY), "corrupt");
});

test("no payload, or a protected area that cannot be one, is corrupt", () => {
  equal(admit({ ...HEADER, payloadSize: 0 }, undefined, POLICY), "corrupt");
  equal(admit({ ...HEADER, protectedSize: 3 }, undefined, POLICY), "corrupt");
  equal(admit({ ...HEADER, protectedSize: 0 }, undefined, POLICY), undefined);
  equal(admit({ ...HEADER, protectedSize: TLV_BYTES_MAX - 4 }, undefined, POLICY), undefined);
  equal(admit({ ...HEADER, protectedSize: TLV_BYTES_MAX - 3 }, undefined, POLICY), "corrupt");
});

test("only images that boot as they are stored are acceptable", () => {
  for (let bit = 0; bit < 32; bit++) {
    const flags = (1 << bit) >>> 0;
    equal(admit({ ...HEADER, flags }, undefined, POLICY), "unacceptable");
  }
});

test("a header that the boot selector cannot start is refused before any erase", () => {
  equal(admit({ ...HEADER, headerSize: HEADER.headerSize + 2 }, undefined, POLICY), "unacceptable");
  equal(admit({ ...HEADER, headerSize: HEADER.headerSize + 4 }, undefined, POLICY), undefined);
  equal(
    admit({ ...HEADER, headerSize: HEADER.headerSize + 4 }, undefined, {
      ...POLICY,
      headerSize: HEADER.headerSize,
    }),
    "unacceptable",
  );
  equal(admit(HEADER, undefined, { ...POLICY, headerSize: HEADER.headerSize }), undefined);
});

test("a lower version needs leave for downgrades; the same version is accepted", () => {
  const older = { ...HEADER, version: { major: 1, minor: 2, revision: 3, build: 3 } };
  equal(admit(HEADER, undefined, POLICY), undefined);
  equal(admit(older, undefined, POLICY), "unacceptable");
  equal(admit(older, undefined, { ...POLICY, allowDowngrade: true }), undefined);
});
