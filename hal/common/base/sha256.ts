/** SHA-256, FIPS 180-4: the native version of src/base/sha256.ts. */

export class Sha256 extends Native("xs_sha256_destructor") {
  constructor() {
    super();
    native("xs_sha256").call(this);
  }

  update(bytes: Uint8Array): void {
    native("xs_sha256_update").call(this, bytes);
  }

  /** Writes the 32 bytes of the digest over `result` and closes; any later call throws. */
  digest(result: Uint8Array): void {
    native("xs_sha256_digest").call(this, result);
  }
}
