/**
 * What is said of an outcome: to a FUMO server the result code of the final alert (OMA-TS-DM-FUMO
 * §10.2.2.4), to the host of a download descriptor the status of the download (OMA Download 1.0).
 */
import { frozen } from "../base/frozen.ts";
import type { DownloadStatus } from "../download/downloadstatus.ts";
import type { Reason } from "../update/reason.ts";

/**
 * Result code by reason, where the standard leaves a choice:
 * - `flash` is 402, which covers a package that "did not store correctly".
 * - `failedBefore` and `quarantined` are 405: the package is refused before it is tried again; 410
 *   would say that an update was attempted. State tells them apart: a package in quarantine is kept.
 * - `fellBack` is 410: the update succeeded, and then its image did not boot any more. It corrects a
 *   200 that was not acknowledged.
 * - `serverError` is 500, "alternate download server error", as servers read it; the text of the
 *   standard repeats 410 there.
 */
export const RESULT_CODES: { readonly [reason in Reason]: number } = frozen({
  succeeded: 200,
  cancelled: 401,
  corrupt: 402,
  flash: 402,
  mismatch: 403,
  untrusted: 404,
  unacceptable: 405,
  descriptorVersion: 405,
  failedBefore: 405,
  quarantined: 405,
  authentication: 406,
  timeout: 407,
  undefined: 409,
  reverted: 410,
  fellBack: 410,
  badURL: 411,
  badDescriptor: 411,
  serverUnavailable: 412,
  serverError: 500,
  tooLarge: 501,
  noMemory: 502,
  network: 503,
});

/**
 * Status by reason. 900 says that the package is here, whole and verified; what becomes of it is
 * told to the DM server.
 * - 905 is said of every package that is not what was announced, its digest included.
 * - 953 is said of a package that is genuine, or claims to be, but not for this device, and of a
 *   type that it does not take.
 * - 954 covers everything that a server answers instead of the package, and where it leads to.
 * - 952 is left for what fails in the device itself.
 */
export const DOWNLOAD_STATUSES: { readonly [reason in Reason]: DownloadStatus } = frozen({
  succeeded: 900,
  tooLarge: 901,
  noMemory: 901,
  cancelled: 902,
  network: 903,
  timeout: 903,
  corrupt: 905,
  badDescriptor: 906,
  descriptorVersion: 951,
  flash: 952,
  reverted: 952,
  fellBack: 952,
  undefined: 952,
  unacceptable: 953,
  mismatch: 953,
  untrusted: 953,
  failedBefore: 953,
  quarantined: 953,
  authentication: 954,
  badURL: 954,
  serverUnavailable: 954,
  serverError: 954,
});

const TEXTS: ReadonlyMap<number, string> = new Map([
  [200, "successful"],
  [401, "cancelled"],
  [402, "package corrupt or not stored correctly"],
  [403, "package is for another device"],
  [404, "package signature not valid"],
  [405, "package not acceptable"],
  [406, "download: authentication failed"],
  [407, "download: timed out"],
  [408, "not implemented"],
  [409, "undefined error"],
  [410, "update failed"],
  [411, "malformed or bad URL, or descriptor"],
  [412, "download: server unavailable"],
  [500, "download: server error"],
  [501, "download: package does not fit"],
  [502, "update: out of memory"],
  [503, "download: network issues"],
]);

/** The meaning of a result code for people; the vendors' ranges have a common text each. */
export function resultText(code: number): string {
  return TEXTS.get(code) ?? (code >= 250 && code < 300 ? "successful (vendor)" : "failed");
}

/**
 * How much a result matters (Mark of the alert, OMA-TS-DM-Protocol §8.7): a failure is never
 * informational.
 */
export function resultMark(code: number): string {
  if (code >= 200 && code < 300) return "informational";
  return code === 401 ? "warning" : "critical";
}
