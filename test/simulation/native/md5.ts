/** MD5 by Node itself, in the place of src/base/md5.ts: a board has a native one too. */
import { createHash } from "node:crypto";

export function md5(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("md5").update(bytes).digest());
}
