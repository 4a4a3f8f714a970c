/**
 * Package 0 (OMA-TS-DM-Notification §6.2): a server's wish that the device open a session, and the
 * digest that says who wishes it.
 *
 * digest 16 bytes | version 10 bits | UI mode 2 | initiator 1 | future use 27 | session id 16 |
 * length 8 | server id | vendor data
 */
import { equal } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { md5 } from "../base/md5.ts";
import { text } from "../base/utf8.ts";
import type { Malformed } from "../syncml/command.ts";
import { messageProof } from "../account/mac.ts";

const DIGEST_BYTES = 16;
const HEADER_BYTES = 8;
/** 1.1, the only version that this standard has, ten-fold. */
export const NOTIFICATION_VERSION = 11;

/** What the server recommends: nothing, silence, that people are told, that they are asked. */
export type UiMode = "unspecified" | "background" | "informative" | "interaction";
export const UI_MODES: readonly UiMode[] = frozen([
  "unspecified",
  "background",
  "informative",
  "interaction",
]);

export interface Notification {
  readonly digest: Uint8Array;
  readonly uiMode: UiMode;
  /** Who caused the session, as the server sees it. */
  readonly initiator: "user" | "server";
  /** As SessionID has it: 1 to FFFF without leading zeros. */
  readonly sessionID: string;
  readonly serverID: string;
  readonly vendor: Uint8Array;
  /** All that the digest is made over; a view, as the others. */
  readonly trigger: Uint8Array;
}

/**
 * Reads a whole message. Bits that are not yet in use are passed over: the digest is over them too.
 */
export function parseNotification(bytes: Uint8Array): Notification | Malformed {
  const trigger = bytes.subarray(DIGEST_BYTES);
  if (trigger.length < HEADER_BYTES)
    return { problem: "shorter than its header", offset: bytes.length };
  const bits = trigger[1] ?? 0;
  const version = ((trigger[0] ?? 0) << 2) | (bits >> 6);
  const id = ((trigger[5] ?? 0) << 8) | (trigger[6] ?? 0);
  const length = trigger[7] ?? 0;
  const end = HEADER_BYTES + length;
  if (version !== NOTIFICATION_VERSION)
    return { problem: `version ${version / 10}, not 1.1`, offset: DIGEST_BYTES };
  if (id === 0) return { problem: "session id 0", offset: DIGEST_BYTES + 5 };
  if (length === 0 || end > trigger.length)
    return { problem: `a server id of ${length} bytes`, offset: DIGEST_BYTES + 7 };
  const serverID = characters(trigger.subarray(HEADER_BYTES, end));
  if (serverID === undefined)
    return { problem: "a server id that is no text", offset: DIGEST_BYTES + HEADER_BYTES };
  return {
    digest: bytes.subarray(0, DIGEST_BYTES),
    uiMode: UI_MODES[(bits >> 4) & 3] ?? "unspecified",
    initiator: ((bits >> 3) & 1) === 0 ? "user" : "server",
    sessionID: id.toString(16).toUpperCase(),
    serverID,
    vendor: trigger.subarray(end),
    trigger,
  };
}

/**
 * True when it was made by who knows the server's secret, with this nonce: that of the server's own
 * credentials.
 */
export function genuine(notification: Notification, secret: string, nonce: Uint8Array): boolean {
  const { digest, serverID, trigger } = notification;
  return equal(digest, messageProof(serverID, secret, nonce, md5(trigger)));
}

function characters(bytes: Uint8Array): string | undefined {
  try {
    return text(bytes, 0, bytes.length);
  } catch {
    return undefined;
  }
}
