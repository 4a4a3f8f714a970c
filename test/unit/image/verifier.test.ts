/**
 * The verifier with both kinds of signature, on every engine; test/node/image has the exhaustive
 * cases.
 */
import { VERIFY_READ_BYTES } from "../../../src/base/limits.ts";
import { fromBase64 } from "../../../src/base/base64.ts";
import { vendorKey } from "../../../src/image/key.ts";
import type { ImageFault, ImagePolicy } from "../../../src/image/policy.ts";
import { ImageVerifier, type ImageFacts } from "../../../src/image/verifier.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { ED25519_IMAGE, ED25519_KEY, P256_IMAGE, P256_KEY } from "./genuine.ts";

function bytesOf(base64: string): Uint8Array {
  const bytes = fromBase64(base64);
  ok(bytes !== undefined);
  return bytes;
}

function policy(spki: string): ImagePolicy {
  const key = vendorKey(bytesOf(spki));
  ok(key !== undefined);
  return {
    keys: [key],
    vendorId: new Uint8Array(16).fill(1),
    classId: new Uint8Array(16).fill(2),
    runningVersion: { major: 1, minor: 0, revision: 0, build: 0 },
    securityCounter: 5,
    capacity: 4096,
    allowDowngrade: false,
  };
}

function verify(image: Uint8Array, rules: ImagePolicy): ImageFacts | ImageFault | undefined {
  const read = (buffer: Uint8Array, offset: number): void => {
    buffer.set(image.subarray(offset, offset + buffer.length));
  };
  return new ImageVerifier(read, image.length, rules).step(65536);
}

test("an image signed with Ed25519 or P-256 is accepted with the key of its vendor alone", () => {
  for (const [spki, base64, other] of [
    [ED25519_KEY, ED25519_IMAGE, P256_KEY],
    [P256_KEY, P256_IMAGE, ED25519_KEY],
  ] as const) {
    const image = bytesOf(base64);
    const facts = verify(image, policy(spki));
    ok(typeof facts === "object");
    deepEqual(facts.version, { major: 2, minor: 0, revision: 1, build: 7 });
    equal(facts.securityCounter, 5);
    equal(facts.length, image.length);
    equal(verify(image, policy(other)), "untrusted");
  }
});

test("a changed payload is corrupt, a changed signature untrusted", () => {
  for (const [spki, base64] of [
    [ED25519_KEY, ED25519_IMAGE],
    [P256_KEY, P256_IMAGE],
  ] as const) {
    const image = bytesOf(base64);
    image[33] = (image[33] ?? 0) ^ 1;
    equal(verify(image, policy(spki)), "corrupt");
    image[33] = (image[33] ?? 0) ^ 1;
    image[image.length - 1] = (image[image.length - 1] ?? 0) ^ 1;
    equal(verify(image, policy(spki)), "untrusted");
  }
});

/** The image with other unprotected records: type, length. Its digest stands first, or nowhere. */
function signedOtherwise(digest: boolean, ...records: (readonly [number, number])[]): Uint8Array {
  const image = bytesOf(ED25519_IMAGE);
  const at = image.length - (4 + 36 + 36 + 68);
  const extra = records.flatMap(([type, length]) => [
    type,
    0,
    length & 0xff,
    length >> 8,
    ...new Array<number>(length).fill(7),
  ]);
  const own = digest ? [...image.subarray(at + 4, at + 40)] : [];
  const total = 4 + own.length + extra.length;
  const area = [0x07, 0x69, total & 0xff, total >> 8, ...own, ...extra];
  const result = new Uint8Array(at + total);
  result.set(image.subarray(0, at));
  result.set(area, at);
  return result;
}

test("an image that is signed in another way is untrusted, and only damage is corrupt", () => {
  const rules = policy(ED25519_KEY);
  for (const [what, image] of [
    ["RSA-2048", signedOtherwise(true, [0x01, 32], [0x20, 256])],
    ["RSA-3072", signedOtherwise(true, [0x01, 32], [0x23, 384])],
    ["the whole public key", signedOtherwise(true, [0x02, 44], [0x24, 64])],
    ["SHA-512", signedOtherwise(false, [0x12, 64], [0x01, 32], [0x24, 64])],
    ["SHA-384", signedOtherwise(false, [0x11, 48], [0x01, 32], [0x22, 103])],
    ["the image itself, not its digest", signedOtherwise(true, [0x01, 32], [0x25, 64])],
    ["SHA-512 with its own key hash", signedOtherwise(false, [0x12, 64], [0x01, 64], [0x24, 64])],
    ["a record of the vendor", signedOtherwise(true, [0x01, 32], [0x24, 64], [0xa0, 1])],
    ["no signature", signedOtherwise(true)],
  ] as const) {
    equal(verify(image, rules), "untrusted", what);
    image[33] = (image[33] ?? 0) ^ 1;
    const hasDigest = !what.startsWith("SHA-");
    equal(verify(image, rules), hasDigest ? "corrupt" : "untrusted", `${what}, damaged`);
  }
  equal(verify(signedOtherwise(false), rules), "corrupt");
});

test("what is no key of ours is no vendor key", () => {
  const spki = bytesOf(ED25519_KEY);
  ok(vendorKey(spki) !== undefined);
  equal(vendorKey(spki.subarray(0, 43)), undefined);
  spki[8] = (spki[8] ?? 0) ^ 1;
  equal(vendorKey(spki), undefined);
});

test("an image is read in pieces of VERIFY_READ_BYTES, of which the last may be shorter", () => {
  const size = 2 * VERIFY_READ_BYTES + 1;
  const image = new Uint8Array(32 + size + 4);
  image.set(bytesOf(ED25519_IMAGE).subarray(0, 32));
  const header = new DataView(image.buffer);
  header.setUint16(8, 32, true);
  header.setUint16(10, 0, true);
  header.setUint32(12, size, true);
  const reads: number[] = [];
  const verifier = new ImageVerifier(
    (buffer, offset) => {
      reads.push(buffer.length);
      buffer.set(image.subarray(offset, offset + buffer.length));
    },
    image.length,
    { ...policy(ED25519_KEY), capacity: 2 * image.length },
  );
  equal(verifier.step(2 * image.length), "corrupt");
  deepEqual(reads, [32, VERIFY_READ_BYTES, VERIFY_READ_BYTES, 1, 4]);
});
