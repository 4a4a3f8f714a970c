/**
 * Update packages: the image verifier on images that are genuine but for some bytes. Nothing but
 * what was signed is accepted.
 */
import { fromBase64 } from "../../../src/base/base64.ts";
import { equal, fromHex } from "../../../src/base/bytes.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../../../src/image/imageheader.ts";
import { vendorKey } from "../../../src/image/key.ts";
import { admit, type ImagePolicy } from "../../../src/image/policy.ts";
import { ImageVerifier } from "../../../src/image/verifier.ts";
import { ED25519_IMAGE, ED25519_KEY, P256_IMAGE, P256_KEY } from "../image/genuine.ts";
import { type Choices, edited, joined } from "./choices.ts";
import { must, type Parser } from "./parser.ts";

const NOTHING = new Uint8Array(0);
const GENUINE: readonly Uint8Array[] = [ED25519_IMAGE, P256_IMAGE].map(
  (image) => fromBase64(image) ?? NOTHING,
);
/** What a signature covers, by way of the digest: header 32, payload 8, protected area 52. */
const SIGNED_BYTES = 92;
const DIGEST_HEAD = Uint8Array.of(0x07, 0x69, 0, 0, 0x10, 0, 32, 0);
const FAULTS: readonly string[] = ["corrupt", "mismatch", "untrusted", "unacceptable", "tooLarge"];
const POLICY: ImagePolicy = {
  keys: [ED25519_KEY, P256_KEY].map((spki) => {
    const key = vendorKey(fromBase64(spki) ?? NOTHING);
    must(key !== undefined, "no key");
    return key;
  }),
  vendorId: new Uint8Array(16).fill(1),
  classId: new Uint8Array(16).fill(2),
  runningVersion: { major: 1, minor: 0, revision: 0, build: 0 },
  securityCounter: 5,
  capacity: 4096,
  allowDowngrade: false,
};

function check(input: Uint8Array): boolean {
  let most = 0;
  const verifier = new ImageVerifier(
    (buffer, offset) => {
      must(
        offset >= 0 && offset + buffer.length <= input.length,
        "read past the end of the package",
      );
      most += buffer.length;
      buffer.set(input.subarray(offset, offset + buffer.length));
    },
    input.length,
    POLICY,
  );
  const result = verifier.step(Number.POSITIVE_INFINITY);
  must(result !== undefined && most <= input.length, "not finished, or read more than there is");
  if (typeof result === "string") {
    must(FAULTS.includes(result), "a fault that is none");
    return false;
  }
  must(
    GENUINE.some((image) =>
      equal(image.subarray(0, SIGNED_BYTES), input.subarray(0, SIGNED_BYTES)),
    ),
    "accepted, and nobody signed it",
  );
  const header = parseImageHeader(input.subarray(0, IMAGE_HEADER_BYTES));
  must(
    header !== undefined && admit(header, input.length, POLICY) === undefined,
    "accepted whole and refused by its header",
  );
  return true;
}

/**
 * Another payload or other records, under a digest that is right: what is behind the digest has to
 * refuse it.
 */
function make(choices: Choices): Uint8Array {
  const image = choices.from(GENUINE);
  const changed = edited(image.subarray(0, SIGNED_BYTES), choices, [], []);
  const digest = new Uint8Array(32);
  const hash = new Sha256();
  hash.update(changed);
  hash.digest(digest);
  const rest = image.subarray(SIGNED_BYTES + DIGEST_HEAD.length + digest.length);
  const head = DIGEST_HEAD.slice();
  head[2] = rest.length + DIGEST_HEAD.length + digest.length;
  return joined(changed, head, digest, rest);
}

export const IMAGES: Parser = {
  name: "images",
  weight: 12,
  check,
  make,
  corpus: [
    ...GENUINE,
    ...GENUINE.map((image) => image.subarray(0, SIGNED_BYTES)),
    joined(...GENUINE),
    NOTHING,
  ],
  words: [
    "0869",
    "0769",
    "10002000",
    "24004000",
    "22004700",
    "50000400",
    "74001000",
    "40000c00",
    "3db8f396",
    "ffffffff",
  ].map((word) => fromHex(word) ?? NOTHING),
};
