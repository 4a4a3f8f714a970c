/**
 * The statuses of OMA Download 1.0, which a device posts to installNotifyURI as code, space, text.
 * 904 is not one.
 */
import { frozen } from "../base/frozen.ts";
import { utf8 } from "../base/utf8.ts";

const TEXTS = frozen({
  900: "Success",
  901: "Insufficient memory",
  902: "User Cancelled",
  903: "Loss of Service",
  905: "Attribute mismatch",
  906: "Invalid descriptor",
  951: "Invalid DDVersion",
  952: "Device Aborted",
  953: "Non-Acceptable Content",
  954: "Loader Error",
});

export type DownloadStatus = keyof typeof TEXTS;

/** The body of a status report. */
export function statusBody(status: DownloadStatus): Uint8Array {
  return utf8(`${status} ${TEXTS[status]}\r\n`);
}
