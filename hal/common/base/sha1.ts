/** SHA-1, FIPS 180-4, for bootstrap messages only: the native version of src/base/sha1.ts. */

function hash(this: unknown, result: Uint8Array, bytes: Uint8Array): void {
  native("xs_sha1").call(this, result, bytes);
}

/** The 20 bytes of the digest of `bytes`. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(20);
  hash(result, bytes);
  return result;
}
