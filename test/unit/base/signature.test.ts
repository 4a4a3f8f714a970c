/**
 * Ed25519 (RFC 8032) and ECDSA P-256 (FIPS 186-4), src/base/signature.ts.
 * What Node and the device judge differently is in test/node/xs/signature.test.ts.
 */
import { ok, test } from "../../check.ts";
import { fromHex } from "../../../src/base/bytes.ts";
import { verifyEd25519, verifyP256 } from "../../../src/base/signature.ts";

function bytesOf(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array(0);
}

/** The bytes with one bit of one byte changed. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const result = bytes.slice();
  result[at] = (result[at] ?? 0) ^ (1 << (at % 8));
  return result;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

/** RFC 8032 §7.1, tests 1 to 3: key, message, signature. */
const ED25519: readonly (readonly [key: string, message: string, signature: string])[] = [
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
];
const KEY = bytesOf(ED25519[1]?.[0] ?? "");
const MESSAGE = Uint8Array.of(0x72);
const SIGNATURE = bytesOf(ED25519[1]?.[2] ?? "");

test("Ed25519: the vectors of RFC 8032 §7.1", () => {
  for (const [key, message, signature] of ED25519)
    ok(verifyEd25519(bytesOf(key), bytesOf(message), bytesOf(signature)));
});

test("Ed25519: another message, key or signature is refused", () => {
  ok(!verifyEd25519(KEY, Uint8Array.of(0x73), SIGNATURE));
  ok(!verifyEd25519(KEY, new Uint8Array(0), SIGNATURE));
  for (const at of [0, 13, 31]) ok(!verifyEd25519(flipped(KEY, at), MESSAGE, SIGNATURE));
  for (const at of [0, 31, 32, 47, 63]) ok(!verifyEd25519(KEY, MESSAGE, flipped(SIGNATURE, at)));
});

test("Ed25519: other lengths are refused", () => {
  ok(!verifyEd25519(KEY.subarray(0, 31), MESSAGE, SIGNATURE));
  ok(!verifyEd25519(joined(KEY, new Uint8Array(1)), MESSAGE, SIGNATURE));
  ok(!verifyEd25519(KEY, MESSAGE, SIGNATURE.subarray(0, 63)));
  ok(!verifyEd25519(KEY, MESSAGE, joined(SIGNATURE, new Uint8Array(1))));
  ok(!verifyEd25519(new Uint8Array(0), MESSAGE, SIGNATURE));
  ok(!verifyEd25519(KEY, MESSAGE, new Uint8Array(0)));
});

test("Ed25519: S + L, the malleable twin of S, is refused (RFC 8032 §5.1.7)", () => {
  const scalar = bytesOf("f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10");
  ok(!verifyEd25519(KEY, MESSAGE, joined(SIGNATURE.subarray(0, 32), scalar)));
});

/** With a key of small order S = 0 and a fitting R would sign any message, or every eighth. */
test("Ed25519: a key of small order is refused", () => {
  const identity = bytesOf("0100000000000000000000000000000000000000000000000000000000000000");
  const zero = joined(identity, new Uint8Array(32));
  const small = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ];
  for (const key of small)
    for (let message = 0; message < 16; message++)
      ok(!verifyEd25519(bytesOf(key), Uint8Array.of(message), zero), key);
});

test("Ed25519: points in a form that is not canonical are refused (RFC 8032 §5.1.3)", () => {
  const one = bytesOf("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  const zero = bytesOf("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  for (const point of [one, zero]) {
    ok(!verifyEd25519(point, MESSAGE, joined(bytesOf("01".padEnd(64, "0")), new Uint8Array(32))));
    ok(!verifyEd25519(KEY, MESSAGE, joined(point, SIGNATURE.subarray(32))));
  }
  ok(!verifyEd25519(new Uint8Array(32).fill(0xff), MESSAGE, SIGNATURE));
});

/** RFC 6979 §A.2.5: "sample" with SHA-256. */
const P256_KEY = bytesOf(
  "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
);
const DIGEST = bytesOf("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");
const R = "022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
const S = "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
const LOW_S = "02200834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9";
const ORDER = "022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

function sequence(...parts: string[]): Uint8Array {
  const content = parts.join("");
  return bytesOf(`30${(content.length / 2).toString(16).padStart(2, "0")}${content}`);
}

test("P-256: the vector of RFC 6979 §A.2.5, with S high and low", () => {
  ok(verifyP256(P256_KEY, DIGEST, sequence(R, S)));
  ok(verifyP256(P256_KEY, DIGEST, sequence(R, LOW_S)));
});

test("P-256: another digest, key or signature is refused", () => {
  for (const at of [0, 17, 31]) ok(!verifyP256(P256_KEY, flipped(DIGEST, at), sequence(R, S)));
  for (const at of [0, 1, 33, 64]) ok(!verifyP256(flipped(P256_KEY, at), DIGEST, sequence(R, S)));
  for (const at of [0, 1, 2, 3, 4, 20, 37, 38, 39, 60, 71])
    ok(!verifyP256(P256_KEY, DIGEST, flipped(sequence(R, S), at)), `${at}`);
});

test("P-256: other lengths of key and digest are refused", () => {
  ok(!verifyP256(P256_KEY.subarray(0, 64), DIGEST, sequence(R, S)));
  ok(!verifyP256(joined(Uint8Array.of(3), P256_KEY.subarray(1, 33)), DIGEST, sequence(R, S)));
  ok(!verifyP256(P256_KEY, DIGEST.subarray(0, 31), sequence(R, S)));
  ok(!verifyP256(P256_KEY, joined(DIGEST, new Uint8Array(1)), sequence(R, S)));
  ok(!verifyP256(new Uint8Array(65), DIGEST, sequence(R, S)));
});

test("P-256: only DER is a signature (X.690 §8.3, §10)", () => {
  const good = sequence(R, S);
  const tight = "0220";
  const loose = "022100";
  ok(!verifyP256(P256_KEY, DIGEST, new Uint8Array(0)));
  ok(!verifyP256(P256_KEY, DIGEST, joined(good, new Uint8Array(1))), "more after it");
  ok(!verifyP256(P256_KEY, DIGEST, good.subarray(0, good.length - 1)), "cut");
  ok(!verifyP256(P256_KEY, DIGEST, sequence(R, S, "0500")), "more inside");
  ok(!verifyP256(P256_KEY, DIGEST, sequence(R)), "no S");
  ok(!verifyP256(P256_KEY, DIGEST, bytesOf(`308146${R}${S}`)), "long form of a short length");
  ok(!verifyP256(P256_KEY, DIGEST, sequence(R, LOW_S.replace(tight, loose))), "zeros in front");
  ok(!verifyP256(P256_KEY, DIGEST, sequence(R.replace(loose, tight), S)), "negative");
  ok(!verifyP256(P256_KEY, DIGEST, sequence(R, "0200")), "no bytes");
  ok(!verifyP256(P256_KEY, DIGEST, bytesOf(R.slice(6) + S.slice(6))), "raw");
});

test("P-256: numbers out of range are refused", () => {
  for (const number of ["020100", ORDER]) {
    ok(!verifyP256(P256_KEY, DIGEST, sequence(number, S)));
    ok(!verifyP256(P256_KEY, DIGEST, sequence(R, number)));
  }
});
