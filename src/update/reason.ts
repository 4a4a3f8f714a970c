/**
 * How an update, or a part of it that a server asked for, can end: one row per reason, complete by
 * type. What is told of it outside is src/objects/resultcodes.ts.
 */
import type { DownloadReason } from "../download/port.ts";
import type { ImageFault } from "../image/policy.ts";
import { frozen } from "../base/frozen.ts";

export type Reason =
  | "succeeded"
  | ImageFault
  | DownloadReason
  | "cancelled"
  | "reverted"
  | "fellBack"
  | "failedBefore"
  | "quarantined"
  | "noMemory"
  | "flash"
  | "undefined";

export interface ReasonRow {
  /** It speaks against the package that was verified: the package is not kept. */
  readonly against: boolean;
  /** For the person at the console. */
  readonly text: string;
}

export const REASONS: { readonly [reason in Reason]: ReasonRow } = frozen({
  succeeded: { against: false, text: "it is done" },
  corrupt: { against: true, text: "the package is damaged" },
  mismatch: { against: true, text: "the package is for another device" },
  untrusted: { against: true, text: "no key of this device has signed the package" },
  unacceptable: { against: true, text: "this device does not take the package" },
  tooLarge: { against: true, text: "the package does not fit" },
  cancelled: { against: false, text: "somebody has cancelled it" },
  authentication: { against: false, text: "the host of the package wants credentials" },
  timeout: { against: false, text: "the host of the package is too slow" },
  badURL: { against: false, text: "the URL cannot be used" },
  serverUnavailable: { against: false, text: "the package is not where the URL leads" },
  serverError: { against: false, text: "the host of the package fails" },
  network: { against: false, text: "the network fails" },
  badDescriptor: { against: false, text: "the download descriptor cannot be used" },
  descriptorVersion: { against: false, text: "the download descriptor has an unknown version" },
  reverted: { against: false, text: "the image on trial was given up" },
  fellBack: { against: false, text: "another image than the confirmed one has booted" },
  failedBefore: { against: true, text: "this image has failed its trial before" },
  quarantined: { against: false, text: "this image was tried in vain too often, and has to wait" },
  noMemory: { against: false, text: "memory has run out" },
  flash: { against: true, text: "the flash fails" },
  undefined: { against: false, text: "the cause is not known" },
});

/**
 * Returns the reason that a stored value names. One that newer firmware knows and this one does not
 * is still an outcome: "undefined".
 */
export function asReason(value: unknown): Reason {
  const names = Object.keys(REASONS) as Reason[];
  return names.find((name) => name === value) ?? "undefined";
}
