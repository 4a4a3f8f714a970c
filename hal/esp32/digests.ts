/**
 * Whether the chip's digests are right. ESP-IDF can give them to the ROM or to hardware; where that
 * fails, logins, notifications and packages fail without a word of why.
 */
import { hex } from "../../src/base/bytes.ts";
import { md5 } from "../../src/base/md5.ts";
import { sha1 } from "../../src/base/sha1.ts";
import { Sha256 } from "../../src/base/sha256.ts";

/** The digests of "abc" that RFC 1321 and FIPS 180-4 give, and whoever makes them here. */
function known(): readonly (readonly [string, string, (bytes: Uint8Array) => Uint8Array])[] {
  return [
    ["MD5", "900150983cd24fb0d6963f7d28e17f72", md5],
    ["SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d", sha1],
    ["SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sha256],
  ];
}

function sha256(bytes: Uint8Array): Uint8Array {
  const hash = new Sha256();
  const digest = new Uint8Array(32);
  hash.update(bytes);
  hash.digest(digest);
  return digest;
}

/** A sentence for each digest that is wrong or fails. */
export function wrongDigests(): readonly string[] {
  const abc = Uint8Array.of(0x61, 0x62, 0x63);
  return known()
    .filter(([, expected, digest]) => {
      try {
        return hex(digest(abc)) !== expected;
      } catch {
        return true;
      }
    })
    .map(
      ([name]) =>
        `${name} is wrong on this chip: see its options of CONFIG_MBEDTLS in the sdkconfig`,
    );
}
