/**
 * How an update, or a part of it that a server asked for, can end: one row per reason. Every other
 * list of reasons is derived from this table, and a row with a column missing does not compile.
 *
 * The engine reads `against` and `text`. What is told outside, `result` and `status`, is read by
 * the FUMO object and by status reports.
 */
import { frozen } from "../base/frozen.ts";
import type { DownloadStatus } from "../download/downloadstatus.ts";
import type { DownloadReason } from "../download/port.ts";
import type { ImageFault } from "../image/policy.ts";

export interface ReasonRow {
  /** Result code of the FUMO alert (OMA-TS-DM-FUMO §10.2.2.4). */
  readonly result: number;
  /** Status for the host of a download descriptor (OMA Download 1.0). */
  readonly status: DownloadStatus;
  /** The verdict: it speaks against the package that was verified, which is not kept. */
  readonly against: boolean;
  /** For the person at the console. */
  readonly text: string;
}

/**
 * Where the standards leave a choice:
 * - `flash` is result 402, which covers a package that "did not store correctly".
 * - `failedBefore` and `quarantined` are result 405: the package is refused before it is tried
 *   again; 410 would say that an update was attempted. State tells them apart: a package in
 *   quarantine is kept.
 * - `wrongBase` is result 450, of the range for vendors of clients: 403 is the nearest of the
 *   standard, and servers read it as "wrong device model" and stop.
 * - `fellBack` is result 410: the update succeeded, and then its image did not boot any more. It
 *   corrects a 200 that was not acknowledged.
 * - `serverError` is result 500, "alternate download server error", as servers read it; the text of
 *   the standard repeats 410 there.
 * - Status 900 says that the package is here, whole and verified; what becomes of it is told to the
 *   DM server.
 * - Status 905 is said of every package that is not what was announced, its digest included.
 * - Status 953 is said of a package that is genuine, or claims to be, but not for this device, and
 *   of a type that it does not take.
 * - Status 954 covers everything that a server answers instead of the package, and where it leads
 *   to; 952 is left for what fails in the device itself.
 */
export const REASONS = frozen({
  succeeded: {
    result: 200,
    status: 900,
    against: false,
    text: "it is done",
  },
  corrupt: {
    result: 402,
    status: 905,
    against: true,
    text: "the package is damaged",
  },
  mismatch: {
    result: 403,
    status: 953,
    against: true,
    text: "the package is for another device",
  },
  untrusted: {
    result: 404,
    status: 953,
    against: true,
    text: "no key of this device has signed the package",
  },
  unacceptable: {
    result: 405,
    status: 953,
    against: true,
    text: "this device does not take the package",
  },
  tooLarge: {
    result: 501,
    status: 901,
    against: true,
    text: "the package does not fit",
  },
  cancelled: {
    result: 401,
    status: 902,
    against: false,
    text: "somebody has cancelled it",
  },
  authentication: {
    result: 406,
    status: 954,
    against: false,
    text: "the host of the package wants credentials",
  },
  timeout: {
    result: 407,
    status: 903,
    against: false,
    text: "the host of the package is too slow",
  },
  badURL: {
    result: 411,
    status: 954,
    against: false,
    text: "the URL cannot be used",
  },
  serverUnavailable: {
    result: 412,
    status: 954,
    against: false,
    text: "the package is not where the URL leads",
  },
  serverError: {
    result: 500,
    status: 954,
    against: false,
    text: "the host of the package fails",
  },
  network: {
    result: 503,
    status: 903,
    against: false,
    text: "the network fails",
  },
  badDescriptor: {
    result: 411,
    status: 906,
    against: false,
    text: "the download descriptor cannot be used",
  },
  descriptorVersion: {
    result: 405,
    status: 951,
    against: false,
    text: "the download descriptor has an unknown version",
  },
  reverted: {
    result: 410,
    status: 952,
    against: false,
    text: "the image on trial was given up",
  },
  fellBack: {
    result: 410,
    status: 952,
    against: false,
    text: "another image than the confirmed one has booted",
  },
  failedBefore: {
    result: 405,
    status: 953,
    against: true,
    text: "this image has failed its trial before",
  },
  quarantined: {
    result: 405,
    status: 953,
    against: false,
    text: "this image was tried in vain too often, and has to wait",
  },
  wrongBase: {
    result: 450,
    status: 953,
    against: true,
    text: "the package is a delta from another image than the one that runs: send the whole image",
  },
  noMemory: {
    result: 502,
    status: 901,
    against: false,
    text: "memory has run out",
  },
  flash: {
    result: 402,
    status: 952,
    against: true,
    text: "the flash fails",
  },
  undefined: {
    result: 409,
    status: 952,
    against: false,
    text: "the cause is not known",
  },
}) satisfies { readonly [reason in ImageFault | DownloadReason]: ReasonRow } & {
  readonly [reason: string]: ReasonRow;
};

export type Reason = keyof typeof REASONS;

/**
 * Returns the reason that a stored value names. One that newer firmware knows and this one does not
 * is still an outcome: "undefined".
 */
export function asReason(value: unknown): Reason {
  const names = Object.keys(REASONS) as Reason[];
  return names.find((name) => name === value) ?? "undefined";
}
