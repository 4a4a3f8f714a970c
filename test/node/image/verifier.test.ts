/** The verifier against images of our builder and of imgtool, whole, damaged and forged. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createHash, sign, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { ImageVerifier, type ImageFacts } from "../../../src/image/verifier.ts";
import type { ImageFault, ImagePolicy } from "../../../src/image/policy.ts";
import { buildImage, type ImageContent } from "../../rig/image.ts";
import { generateKey, readKey, vendorKeyOf, type KeyType } from "../../rig/keys.ts";
import { root } from "../../root.ts";

const FIXTURES = `${root}/../shared/fixtures/mcuboot`;
const VENDOR = new Uint8Array(16).fill(1);
const CLASS = new Uint8Array(16).fill(2);
const ED25519 = generateKey("ed25519");
const P256 = generateKey("p256");

function policy(change: Partial<ImagePolicy> = {}): ImagePolicy {
  return {
    keys: [vendorKeyOf(ED25519), vendorKeyOf(P256)],
    vendorId: VENDOR,
    classId: CLASS,
    runningVersion: { major: 1, minor: 0, revision: 0, build: 0 },
    securityCounter: 5,
    capacity: 65536,
    allowDowngrade: false,
    ...change,
  };
}

function content(change: Partial<ImageContent> = {}): ImageContent {
  return {
    payload: Buffer.from("the firmware, version 2"),
    version: { major: 2, minor: 0, revision: 0, build: 0 },
    securityCounter: 5,
    vendorId: VENDOR,
    classId: CLASS,
    key: ED25519,
    ...change,
  };
}

function verify(image: Uint8Array, rules = policy(), budget = 1 << 20): ImageFacts | ImageFault {
  const verifier = new ImageVerifier(
    (buffer, offset) => {
      assert.ok(offset + buffer.length <= image.length, "reads inside the package");
      buffer.set(image.subarray(offset, offset + buffer.length));
    },
    image.length,
    rules,
  );
  for (let steps = 0; steps < 100_000; steps++) {
    const result = verifier.step(budget);
    if (result !== undefined) {
      assert.equal(verifier.step(budget), result, "the result stays");
      return result;
    }
  }
  throw new Error("no result");
}

function facts(result: ImageFacts | ImageFault): ImageFacts {
  assert.ok(typeof result === "object", String(result));
  return result;
}

/** A changed image, digested and signed again as it stands. */
function resigned(image: Buffer, key: KeyObject): Buffer {
  const signed = image.subarray(0, image.length - (4 + 36 + 36 + 68));
  const digest = createHash("sha256").update(signed).digest();
  const result = Buffer.from(image);
  digest.copy(result, signed.length + 8);
  sign(null, digest, key).copy(result, signed.length + 80);
  return result;
}

for (const type of ["ed25519", "p256"] satisfies KeyType[]) {
  test(`an image signed with ${type} is accepted, whatever the payload and header size`, () => {
    const key = type === "ed25519" ? ED25519 : P256;
    for (const length of [1, 2015, 2016, 2017, 2048, 5000, 50_000]) {
      for (const headerSize of [32, 512, 4096]) {
        const image = buildImage(content({ payload: Buffer.alloc(length, 7), headerSize, key }));
        const found = facts(verify(image));
        assert.deepEqual(found.version, { major: 2, minor: 0, revision: 0, build: 0 });
        assert.equal(found.securityCounter, 5);
        assert.equal(found.length, image.length);
        assert.deepEqual(verify(image, policy(), 1), found);
      }
    }
  });

  test(`every single-bit flip of an image signed with ${type} is refused`, () => {
    const image = buildImage(content({ key: type === "ed25519" ? ED25519 : P256 }));
    assert.equal(typeof verify(image), "object");
    for (let bit = 0; bit < image.length * 8; bit++) {
      const byte = bit >> 3;
      const before = image.readUInt8(byte);
      image.writeUInt8(before ^ (1 << (bit & 7)), byte);
      assert.equal(typeof verify(image), "string", `bit ${bit}`);
      image.writeUInt8(before, byte);
    }
  });
}

test("a step does no more than its budget, but for the last chunk", () => {
  const image = buildImage(content({ payload: Buffer.alloc(40_000) }));
  let bytesRead = 0;
  let steps = 0;
  const read = (buffer: Uint8Array, offset: number): void => {
    bytesRead += buffer.length;
    image.copy(buffer, 0, offset);
  };
  const verifier = new ImageVerifier(read, image.length, policy());
  for (;;) {
    const before = bytesRead;
    const result = verifier.step(4096);
    assert.ok(bytesRead - before < 4096 + 2048);
    steps++;
    if (result !== undefined) break;
  }
  assert.ok(steps >= 7 && bytesRead === image.length, "each byte is read once");
});

test("every truncation and every added byte is refused", () => {
  const image = buildImage(content());
  for (let length = 0; length < image.length; length++)
    assert.equal(typeof verify(image.subarray(0, length)), "string", `${length}`);
  assert.equal(verify(Buffer.concat([image, Buffer.of(0)])), "corrupt");
  assert.equal(verify(Buffer.concat([image, Buffer.alloc(3000)])), "corrupt");
});

test("an image without signature, or of a key that is not built in, is untrusted", () => {
  assert.equal(verify(buildImage(content({ key: undefined }))), "untrusted");
  assert.equal(verify(buildImage(content({ key: generateKey("ed25519") }))), "untrusted");
  assert.equal(verify(buildImage(content()), policy({ keys: [] })), "untrusted");
});

test("a signature of one key under the hash of another is untrusted", () => {
  const image = buildImage(content());
  assert.equal(verify(resigned(image, generateKey("ed25519"))), "untrusted");
  assert.equal(typeof verify(resigned(image, ED25519)), "object");
  const hash = vendorKeyOf(P256).hash;
  const other = Buffer.from(image);
  other.set(hash, image.length - 68 - 32);
  assert.equal(verify(other), "untrusted");
});

test("vendor and class must be there and be ours", () => {
  const other = new Uint8Array(16).fill(3);
  for (const change of [
    { vendorId: undefined },
    { classId: undefined },
    { vendorId: other },
    { classId: other },
  ]) {
    assert.equal(verify(buildImage(content(change))), "mismatch");
  }
});

test("the security counter must be there and not be lower than ours", () => {
  assert.equal(verify(buildImage(content({ securityCounter: undefined }))), "unacceptable");
  assert.equal(verify(buildImage(content({ securityCounter: 4 }))), "unacceptable");
  assert.equal(
    facts(verify(buildImage(content({ securityCounter: 0xffffffff })))).securityCounter,
    0xffffffff,
  );
  assert.equal(
    verify(buildImage(content({ securityCounter: 4 })), policy({ allowDowngrade: true })),
    "unacceptable",
  );
});

test("a lower version is unacceptable unless downgrades are allowed", () => {
  const image = buildImage(content({ version: { major: 0, minor: 9, revision: 0, build: 0 } }));
  assert.equal(verify(image), "unacceptable");
  assert.equal(typeof verify(image, policy({ allowDowngrade: true })), "object");
});

test("a dependency names the firmware that must run; on another image it cannot be met", () => {
  const version = { major: 1, minor: 0, revision: 0, build: 0 };
  assert.equal(
    typeof verify(buildImage(content({ dependencies: [{ image: 0, version }] }))),
    "object",
  );
  assert.equal(
    verify(
      buildImage(content({ dependencies: [{ image: 0, version: { ...version, build: 1 } }] })),
    ),
    "unacceptable",
  );
  assert.equal(
    verify(buildImage(content({ dependencies: [{ image: 1, version }] }))),
    "unacceptable",
  );
});

test("signed records of the vendor are passed over, unknown ones are not", () => {
  const value = Buffer.from("x");
  for (const type of [0xa0, 0xfe, 0x1a0, 0x60])
    assert.equal(typeof verify(buildImage(content({ extra: [{ type, value }] }))), "object");
  for (const type of [0x9f, 0xff, 0x70, 0x33, 0x160])
    assert.equal(verify(buildImage(content({ extra: [{ type, value }] }))), "unacceptable");
});

test("an encrypted, compressed or non-bootable image is unacceptable even when signed", () => {
  for (const flags of [4, 8, 0x10, 0x20, 0x200, 0x400, 0x800])
    assert.equal(verify(buildImage(content({ flags }))), "unacceptable");
});

test("an image as large as the slot is taken, one byte less room is not enough", () => {
  const image = buildImage(content({ payload: Buffer.alloc(9000) }));
  assert.equal(typeof verify(image, policy({ capacity: image.length })), "object");
  assert.equal(verify(image, policy({ capacity: image.length - 1 })), "tooLarge");
});

const external = { skip: existsSync(FIXTURES) ? false : "fixtures of imgtool are not here" };
const imgtool = (name: string): Buffer => readFileSync(`${FIXTURES}/${name}`);

test("the builder writes what imgtool writes", external, () => {
  const key = readKey(`${FIXTURES}/ed25519.pem`);
  const payload = imgtool("payload.bin");
  const plain = { major: 1, minor: 2, revision: 3, build: 4 };
  const full = { major: 2, minor: 3, revision: 4, build: 5 };
  const nine = { major: 9, minor: 9, revision: 9, build: 0 };
  assert.deepEqual(buildImage({ payload, version: plain, key }), imgtool("ed25519-plain.img"));
  const dependencies = [{ image: 1, version: plain }];
  const extra = [{ type: 0xa0, value: Buffer.from("DevId42") }];
  const described = buildImage({
    payload,
    version: full,
    securityCounter: 7,
    dependencies,
    extra,
    key,
  });
  assert.deepEqual(described, imgtool("ed25519-full.img"));
  const withIds = imgtool("ed25519-vid-cid.img");
  const at = 32 + 2500 + 4 + 8 + 4;
  const vendorId = withIds.subarray(at, at + 16);
  const classId = withIds.subarray(at + 20, at + 36);
  assert.deepEqual(
    buildImage({ payload, version: full, securityCounter: 7, vendorId, classId, key }),
    withIds,
  );
  assert.deepEqual(buildImage({ payload, version: nine, key: undefined }), imgtool("unsigned.img"));
});

test("images of imgtool are judged by the same rules", external, () => {
  const keys = [
    vendorKeyOf(readKey(`${FIXTURES}/ed25519.pem`)),
    vendorKeyOf(readKey(`${FIXTURES}/ecdsa-p256.pem`)),
  ];
  const withIds = imgtool("ed25519-vid-cid.img");
  const at = 32 + 2500 + 4 + 8 + 4;
  const vendorId = withIds.subarray(at, at + 16);
  const classId = withIds.subarray(at + 20, at + 36);
  assert.equal(facts(verify(withIds, policy({ keys, vendorId, classId }))).securityCounter, 7);
  assert.equal(verify(withIds), "untrusted");
  assert.equal(verify(withIds, policy({ keys })), "mismatch");
  for (const name of [
    "ed25519-plain.img",
    "ed25519-full.img",
    "ecdsa-p256-plain.img",
    "ecdsa-p256-full.img",
  ]) {
    assert.equal(
      verify(imgtool(name), policy({ keys })),
      "mismatch",
      `${name}: the signature is right, the identifiers are missing`,
    );
    assert.equal(verify(imgtool(name)), "untrusted", name);
  }
  assert.equal(verify(imgtool("unsigned.img"), policy({ keys })), "untrusted");
});
