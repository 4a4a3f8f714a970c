/** MD5, RFC 1321, for SyncML credentials only: the native version of src/base/md5.ts. */

function hash(this: unknown, result: Uint8Array, bytes: Uint8Array): void {
  native("xs_md5").call(this, result, bytes);
}

/** The 16 bytes of the digest of `bytes`. */
export function md5(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(16);
  hash(result, bytes);
  return result;
}
