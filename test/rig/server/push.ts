/** Notifications that a server pushes, proved with its secret (OMA-TS-DM-Notification §6.2). */
import { messageProof } from "../../../src/account/mac.ts";
import { md5 } from "../../../src/base/md5.ts";
import { NOTIFICATION_TYPE } from "../../../src/push/envelope.ts";
import { concatenation } from "../decode/concatenation.ts";
import { type Notice, push, triggerOf } from "../decode/pushwriter.ts";

/** Package 0, proved with the server's secret and the nonce that the device gave it last. */
export function notification(notice: Notice, secret: string, nonce: Uint8Array): Uint8Array {
  const trigger = triggerOf(notice);
  return concatenation([messageProof(notice.serverID, secret, nonce, md5(trigger)), trigger]);
}

/** A notification as it goes to a UDP port. */
export function pushedNotification(notice: Notice, secret: string, nonce: Uint8Array): Uint8Array {
  return push({
    type: NOTIFICATION_TYPE,
    application: 7,
    body: notification(notice, secret, nonce),
  });
}
