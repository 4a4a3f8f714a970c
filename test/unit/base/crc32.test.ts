/** CRC-32 (IEEE 802.3), src/base/crc32.ts. */
import { equal, test, throws } from "../../check.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import { utf8 } from "../../../src/base/utf8.ts";

test("the CRC-32 of 123456789 is cbf43926", () => {
  equal(crc32(utf8("123456789"), 0), 0xcbf43926);
});

test("the CRC-32 of nothing is the seed", () => {
  equal(crc32(new Uint8Array(0), 0), 0);
  equal(crc32(new Uint8Array(0), 0xcbf43926), 0xcbf43926);
});

test("a CRC-32 in parts is that of the whole, at every cut", () => {
  const bytes = utf8("The quick brown fox jumps over the lazy dog");
  for (let i = 0; i <= bytes.length; i++)
    equal(crc32(bytes.subarray(i), crc32(bytes.subarray(0, i), 0)), 0x414fa339);
});

test("a CRC-32 sees zeros, and is never negative", () => {
  equal(crc32(new Uint8Array(1), 0), 0xd202ef8d);
  equal(crc32(new Uint8Array(32), 0), 0x190a55ad);
  equal(crc32(new Uint8Array(32).fill(0xff), 0), 0xff6cab0b);
});

test("a CRC-32 of no bytes at all throws", () => {
  throws(() => crc32(undefined as never, 0));
});
