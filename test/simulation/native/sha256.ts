/** SHA-256 by Node itself, in the place of src/base/sha256.ts: a board has a native one too. */
import { createHash } from "node:crypto";

export class Sha256 {
  #hash = createHash("sha256");

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(result: Uint8Array): void {
    if (result.length !== 32) throw new RangeError("a digest has 32 bytes");
    result.set(this.#hash.digest());
  }
}
