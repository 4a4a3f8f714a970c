/** What a server pushes: notifications (OMA-TS-DM-Notification §6.2) in the header of WAP push. */
import { md5 } from "../../../src/base/md5.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { type Envelope, NOTIFICATION_TYPE } from "../../../src/push/envelope.ts";
import { type Notification, NOTIFICATION_VERSION, UI_MODES } from "../../../src/push/notification.ts";
import { messageProof } from "../../../src/syncml/mac.ts";
import { concatenation } from "./exchange.ts";

/** What a notification says. */
export interface Notice extends Pick<Notification, "sessionID" | "serverID"> {
  readonly uiMode?: Notification["uiMode"];
  readonly initiator?: Notification["initiator"];
  readonly vendor?: Uint8Array;
  /** Ten times the version, where it is not 1.1. */
  readonly version?: number;
}

const NOTHING = new Uint8Array(0);

/** The bytes behind the digest. */
export function triggerOf(notice: Notice): Uint8Array {
  const { sessionID, serverID, uiMode = "unspecified", initiator = "server", vendor = NOTHING, version = NOTIFICATION_VERSION } = notice;
  const id = utf8(serverID), head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, version << 6 | UI_MODES.indexOf(uiMode) << 4 | (initiator === "server" ? 8 : 0));
  head.setUint16(5, Number.parseInt(sessionID, 16));
  head.setUint8(7, id.length);
  return concatenation([new Uint8Array(head.buffer), id, vendor]);
}

/** Package 0, proved with the server's secret and the nonce that the device gave it last. */
export function notification(notice: Notice, secret: string, nonce: Uint8Array): Uint8Array {
  const trigger = triggerOf(notice);
  return concatenation([messageProof(notice.serverID, secret, nonce, md5(trigger)), trigger]);
}

/** Numbers of content types as registered. */
const TYPES: ReadonlyMap<string, number> = new Map([[NOTIFICATION_TYPE, 0x44]]);

/** A push: transaction id, type 06, headers, body. */
export function push({ type, application, body }: Envelope, transaction = 1): Uint8Array {
  const code = TYPES.get(type), content = code === undefined ? concatenation([utf8(type), Uint8Array.of(0)]) : Uint8Array.of(0x80 | code);
  const headers = concatenation([content, application === undefined ? NOTHING : Uint8Array.of(0xaf, 0x80 | application)]);
  return concatenation([Uint8Array.of(transaction, 6, headers.length), headers, body]);
}

/** A notification as it goes to a UDP port. */
export function pushedNotification(notice: Notice, secret: string, nonce: Uint8Array): Uint8Array {
  return push({ type: NOTIFICATION_TYPE, application: 7, body: notification(notice, secret, nonce) });
}
