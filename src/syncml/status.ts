/**
 * Response status codes (OMA-SyncML-RepPro §10, OMA-TS-DM-RepPro §5): the only list of them. What
 * is not obvious from the name says what it means here.
 */
import { frozen } from "../base/frozen.ts";

export const Status = frozen({
  inProgress: 101,
  ok: 200,
  /** An Exec whose outcome a later alert tells. */
  acceptedForProcessing: 202,
  authenticated: 212,
  chunkAccepted: 213,
  cancelled: 214,
  notExecuted: 215,
  /** Atomic: the command was undone. */
  rolledBack: 216,
  notModified: 304,
  badRequest: 400,
  invalidCredentials: 401,
  /** The node is there, but what was asked cannot be done to it, whatever the arguments. */
  forbidden: 403,
  notFound: 404,
  /** The AccessType of the node, or of the property, forbids the command; or it is permanent. */
  commandNotAllowed: 405,
  /** A feature of the standard that this client leaves out. */
  notSupported: 406,
  missingCredentials: 407,
  requestTimeout: 408,
  /** The device is in another state than the command is made for. */
  conflict: 409,
  incomplete: 412,
  tooLarge: 413,
  uriTooLong: 414,
  unsupportedType: 415,
  undisplayable: 416,
  alreadyExists: 418,
  deviceFull: 420,
  /** The bytes of a large object do not add up to its announced size. */
  sizeMismatch: 424,
  /** The ACL does not give the server this right. */
  permissionDenied: 425,
  commandFailed: 500,
  unsupportedDTD: 505,
  atomicFailed: 507,
  dataStoreFailure: 510,
  unsupportedProtocol: 513,
  /** Atomic: the command could not be undone. */
  rollbackFailed: 516,
  atomicResponseTooLarge: 517,
});

/** True for 200 to 299: the command did, or will do, what it says. */
export function succeeded(status: number): boolean {
  return status >= 200 && status < 300;
}
