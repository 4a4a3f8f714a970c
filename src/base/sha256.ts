/**
 * SHA-256, FIPS 180-4. Portable version over the package @noble/hashes; boards with XS use the
 * native module of the same name.
 */
import { sha256 } from "@noble/hashes/sha2.js";

export class Sha256 {
  #hash = sha256.create();

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Writes the 32 bytes of the digest over `result` and closes; any later call throws. */
  digest(result: Uint8Array): void {
    if (result.length !== 32) throw new RangeError("a digest has 32 bytes");
    result.set(this.#hash.digest());
  }
}
