/** Response status codes (OMA-SyncML-RepPro §10, OMA-TS-DM-RepPro §5). */
import { frozen } from "../base/frozen.ts";

export const Status = frozen({
  inProgress: 101,
  ok: 200,
  acceptedForProcessing: 202,
  authenticated: 212,
  chunkAccepted: 213,
  cancelled: 214,
  notExecuted: 215,
  rolledBack: 216,
  notModified: 304,
  badRequest: 400,
  invalidCredentials: 401,
  forbidden: 403,
  notFound: 404,
  commandNotAllowed: 405,
  notSupported: 406,
  missingCredentials: 407,
  requestTimeout: 408,
  incomplete: 412,
  tooLarge: 413,
  uriTooLong: 414,
  unsupportedType: 415,
  undisplayable: 416,
  alreadyExists: 418,
  deviceFull: 420,
  sizeMismatch: 424,
  permissionDenied: 425,
  commandFailed: 500,
  unsupportedDTD: 505,
  atomicFailed: 507,
  dataStoreFailure: 510,
  unsupportedProtocol: 513,
  rollbackFailed: 516,
  atomicResponseTooLarge: 517,
});

/** True for 200 to 299: the command did, or will do, what it says. */
export function succeeded(status: number): boolean {
  return status >= 200 && status < 300;
}
