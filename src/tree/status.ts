/**
 * The SyncML status codes that the management tree answers with (OMA-TS-DM-RepPro, status codes;
 * OMA-TS-DM-Protocol §8).
 */
import { frozen } from "../base/frozen.ts";

export const TreeStatus = frozen({
  ok: 200,
  /** Accepted: an Exec whose outcome a later alert tells. */
  accepted: 202,
  /** Atomic: the command was undone. */
  rolledBack: 216,
  /**
   * The node is there, but what was asked cannot be done to it now or ever by this server's choice
   * of arguments.
   */
  forbidden: 403,
  notFound: 404,
  /**
   * The node, or the property, does not take this command: its AccessType says so, or it is
   * permanent.
   */
  notAllowed: 405,
  /** A feature of the standard that this client leaves out. */
  unsupported: 406,
  tooLarge: 413,
  uriTooLong: 414,
  unsupportedFormat: 415,
  exists: 418,
  deviceFull: 420,
  /** A large object whose bytes do not add up to its announced size. */
  sizeMismatch: 424,
  /** The ACL does not give the server this right. */
  permissionDenied: 425,
  failed: 500,
  /** Atomic: the command could not be undone. */
  notRolledBack: 516,
});

/** True for the statuses that say that a command did, or will do, what was asked. */
export function succeeded(status: number): boolean {
  return status >= 200 && status < 300;
}
