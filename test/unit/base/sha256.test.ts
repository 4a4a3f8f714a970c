/** SHA-256 (FIPS 180-4), src/base/sha256.ts. */
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { hex } from "../../../src/base/bytes.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { utf8 } from "../../../src/base/utf8.ts";

function digestOf(...parts: Uint8Array[]): string {
  const hash = new Sha256();
  const result = new Uint8Array(32);
  for (const part of parts) hash.update(part);
  hash.digest(result);
  return hex(result);
}

/** FIPS 180-4 examples: one block, two blocks. */
const TWO_BLOCKS = utf8("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
const TWO_BLOCKS_DIGEST = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

test("the digests of nothing, one block and two", () => {
  equal(digestOf(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  equal(
    digestOf(new Uint8Array(0)),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  equal(digestOf(utf8("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  equal(digestOf(TWO_BLOCKS), TWO_BLOCKS_DIGEST);
});

test("a million times a, in parts", () => {
  const hash = new Sha256();
  const part = new Uint8Array(1000).fill(0x61);
  const result = new Uint8Array(32);
  for (let i = 0; i < 1000; i++) hash.update(part);
  hash.digest(result);
  equal(hex(result), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});

test("parts give the digest of the whole, at every cut", () => {
  for (let i = 0; i <= TWO_BLOCKS.length; i++)
    equal(digestOf(TWO_BLOCKS.subarray(0, i), TWO_BLOCKS.subarray(i)), TWO_BLOCKS_DIGEST);
});

test("two digests under way do not mix", () => {
  const a = new Sha256();
  const b = new Sha256();
  const result = new Uint8Array(32);
  a.update(utf8("a"));
  b.update(TWO_BLOCKS);
  a.update(utf8("bc"));
  b.digest(result);
  equal(hex(result), TWO_BLOCKS_DIGEST);
  a.digest(result);
  equal(hex(result), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a result of another length throws a RangeError, and the digest goes on", () => {
  const hash = new Sha256();
  const result = new Uint8Array(32);
  hash.update(utf8("abc"));
  throws(() => {
    hash.digest(new Uint8Array(31));
  }, "RangeError");
  throws(() => {
    hash.digest(new Uint8Array(33));
  }, "RangeError");
  hash.digest(result);
  equal(hex(result), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("after the digest every call throws, and the result stays", () => {
  const hash = new Sha256();
  const result = new Uint8Array(32);
  hash.digest(result);
  const kept = result.slice();
  throws(() => {
    hash.update(new Uint8Array(1));
  });
  throws(() => {
    hash.digest(result);
  });
  deepEqual(result, kept);
});

test("calls on something else throw", () => {
  throws(() => {
    Sha256.prototype.update(new Uint8Array(1));
  });
  throws(() => {
    Sha256.prototype.update.call({} as never, new Uint8Array(1));
  });
  throws(() => {
    new Sha256().update("abc" as never);
  });
  throws(() => {
    (Sha256 as unknown as () => void)();
  });
});

test("many abandoned digests do no harm", () => {
  for (let i = 0; i < 2000; i++) {
    const hash = new Sha256();
    hash.update(TWO_BLOCKS);
    ok(hash instanceof Sha256);
  }
});
