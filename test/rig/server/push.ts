/** What a server pushes: notifications (OMA-TS-DM-Notification §6.2) in the header of WAP push, and the UDP socket that sends them. */
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { type Envelope, NOTIFICATION_TYPE } from "../../../src/push/envelope.ts";
import { type Notification, NOTIFICATION_VERSION, UI_MODES } from "../../../src/push/notification.ts";
import { messageProof } from "../../../src/syncml/mac.ts";

/** What a notification says. */
export interface Notice extends Pick<Notification, "sessionID" | "serverID"> {
  readonly uiMode?: Notification["uiMode"];
  readonly initiator?: Notification["initiator"];
  readonly vendor?: Uint8Array;
  /** Ten times the version, where it is not 1.1. */
  readonly version?: number;
}

/** The bytes behind the digest. */
export function triggerOf(notice: Notice): Buffer {
  const { sessionID, serverID, uiMode = "unspecified", initiator = "server", vendor = [], version = NOTIFICATION_VERSION } = notice;
  const id = Buffer.from(serverID), head = Buffer.alloc(8);
  head.writeUInt16BE(version << 6 | UI_MODES.indexOf(uiMode) << 4 | (initiator === "server" ? 8 : 0), 0);
  head.writeUInt16BE(Number.parseInt(sessionID, 16), 5);
  head.writeUInt8(id.length, 7);
  return Buffer.concat([head, id, Buffer.from(vendor)]);
}

/** Package 0, proved with the server's secret and the nonce that the device gave it last. */
export function notification(notice: Notice, secret: string, nonce: Uint8Array): Buffer {
  const trigger = triggerOf(notice), digest = createHash("md5").update(trigger).digest();
  return Buffer.concat([messageProof(notice.serverID, secret, nonce, digest), trigger]);
}

/** Numbers of content types as registered. */
const TYPES: ReadonlyMap<string, number> = new Map([[NOTIFICATION_TYPE, 0x44]]);

/** A push: transaction id, type 06, headers, body. */
export function push({ type, application, body }: Envelope, transaction = 1): Buffer {
  const code = TYPES.get(type), content = code === undefined ? Buffer.from(`${type}\0`) : Buffer.of(0x80 | code);
  const headers = Buffer.concat([content, application === undefined ? Buffer.alloc(0) : Buffer.of(0xaf, 0x80 | application)]);
  return Buffer.concat([Buffer.of(transaction, 6, headers.length), headers, body]);
}

/** A notification as it goes to a UDP port. */
export function pushedNotification(notice: Notice, secret: string, nonce: Uint8Array): Buffer {
  return push({ type: NOTIFICATION_TYPE, application: 7, body: notification(notice, secret, nonce) });
}

/** Sends a datagram. */
export async function send(datagram: Uint8Array, port: number, host = "127.0.0.1"): Promise<void> {
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, host, (error) => { if (error === null) resolve(); else reject(error); });
    });
  } finally {
    socket.close();
  }
}
