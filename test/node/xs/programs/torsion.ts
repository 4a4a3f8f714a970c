/**
 * Signatures with a part of small order, which only the owner of a private key can make. RFC 8032
 * §5.1.7 lets a verifier multiply by the cofactor, which hides that part (@noble/curves does), or
 * not (libsodium, which also refuses small R).
 */
import { fromHex } from "../../../../src/base/bytes.ts";
import { verifyEd25519 } from "../../../../src/base/signature.ts";

const KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

/** What, key, message, R, S. */
const CASES: readonly (readonly [
  what: string,
  key: string,
  message: string,
  r: string,
  s: string,
])[] = [
  [
    "R is the neutral point",
    KEY,
    "72",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "675d054595fa17cb6a44e3ada6ca385e55667e41a63fdab0ac22d10000354002",
  ],
  [
    "R has order 8",
    KEY,
    "72",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "9c9934141e47f875e3e839a617afc33b742b807c24040fcb899c123dc1987901",
  ],
  [
    "the key has a part of order 8",
    "2ad7189ff2c500908ea7f468279fccdfdcb78ae4164feed7c5535bdc99531ca6",
    "00",
    "ef4f62f8479733ad879cfaced3c89a9c39dd4fc795ef2efa1c3eafe4d729a081",
    "b8b44253d4f946109776b5bf962be6568e885f660bfc5a2ca536dfc904f7a50f",
  ],
  [
    "neither (RFC 8032 §7.1)",
    KEY,
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
];

function bytesOf(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array(0);
}

/** A line for each case: what, and whether the signature is taken. */
export const outcomes = CASES.map(
  ([what, key, message, r, s]) =>
    `${what}: ${verifyEd25519(bytesOf(key), bytesOf(message), bytesOf(r + s))}`,
);

if (typeof trace === "function") trace(`${outcomes.join("\n")}\n`);
