/** MD5 (RFC 1321), src/base/md5.ts. */
import { equal, test, throws } from "../../check.ts";
import { hex } from "../../../src/base/bytes.ts";
import { md5 } from "../../../src/base/md5.ts";
import { utf8 } from "../../../src/base/utf8.ts";

/** RFC 1321 §A.5. */
const VECTORS: readonly (readonly [plain: string, digest: string])[] = [
  ["", "d41d8cd98f00b204e9800998ecf8427e"],
  ["a", "0cc175b9c0f1b6a831c399e269772661"],
  ["abc", "900150983cd24fb0d6963f7d28e17f72"],
  ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
  ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
  [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "d174ab98d277d9f5a5611c2c9f419d9f",
  ],
  [
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
    "57edf4a22be3c955ac49da2e2107b67a",
  ],
];

test("the vectors of RFC 1321 §A.5", () => {
  for (const [plain, digest] of VECTORS) equal(hex(md5(utf8(plain))), digest);
});

test("lengths around a block have their own digests", () => {
  equal(hex(md5(new Uint8Array(55).fill(0x61))), "ef1772b6dff9a122358552954ad0df65");
  equal(hex(md5(new Uint8Array(56).fill(0x61))), "3b0c8ac703f828b04c6c197006d17218");
  equal(hex(md5(new Uint8Array(64).fill(0x61))), "014842d480b571495a4a0363793f7367");
});

test("md5 of a view sees the view only", () => {
  equal(hex(md5(utf8("xabcx").subarray(1, 4))), "900150983cd24fb0d6963f7d28e17f72");
});

test("md5 of what is no buffer throws", () => {
  throws(() => md5("abc" as never));
});
