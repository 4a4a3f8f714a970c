/** SHA-1 and HMAC with it: published examples. */
import { fromHex, hex } from "../../../src/base/bytes.ts";
import { hmacSha1 } from "../../../src/base/hmac.ts";
import { sha1 } from "../../../src/base/sha1.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { equal, test } from "../../check.ts";

test("SHA-1 of the examples of FIPS 180", () => {
  equal(hex(sha1(utf8("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  equal(
    hex(sha1(utf8("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
  );
  equal(hex(sha1(new Uint8Array(0))), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
});

test("HMAC-SHA1 of the examples of RFC 2202", () => {
  const of = (key: Uint8Array, data: string): string => hex(hmacSha1(key, utf8(data)));
  equal(of(new Uint8Array(20).fill(0x0b), "Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
  equal(
    of(utf8("Jefe"), "what do ya want for nothing?"),
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
  );
  const long = "Test Using Larger Than Block-Size Key - Hash Key First";
  equal(of(new Uint8Array(80).fill(0xaa), long), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  const data = new Uint8Array(50).fill(0xcd);
  const key = fromHex("0102030405060708090a0b0c0d0e0f10111213141516171819") ?? data;
  equal(hex(hmacSha1(key, data)), "4c9007f4026250c6bc8414f9bf50c86c2d7235da");
});
