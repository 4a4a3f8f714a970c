/**
 * The bytes of what a server pushes: the trigger of a notification (OMA-TS-DM-Notification §6.2),
 * and the header of WAP push around a body (WAP-230-WSP §8.2.4). It needs nothing but JavaScript.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import {
  CP_TYPE,
  DM_TYPE,
  type Envelope,
  NOTIFICATION_TYPE,
  type Protection,
} from "../../../src/push/envelope.ts";
import {
  type Notification,
  NOTIFICATION_VERSION,
  UI_MODES,
} from "../../../src/push/notification.ts";
import { concatenation } from "./concatenation.ts";

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
  const {
    sessionID,
    serverID,
    uiMode = "unspecified",
    initiator = "server",
    vendor = NOTHING,
    version = NOTIFICATION_VERSION,
  } = notice;
  const id = utf8(serverID);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(
    0,
    (version << 6) | (UI_MODES.indexOf(uiMode) << 4) | (initiator === "server" ? 8 : 0),
  );
  head.setUint16(5, Number.parseInt(sessionID, 16));
  head.setUint8(7, id.length);
  return concatenation([new Uint8Array(head.buffer), id, vendor]);
}

/** Numbers of content types and of protections as registered. */
const TYPES: ReadonlyMap<string, number> = new Map([
  [CP_TYPE, 0x36],
  [DM_TYPE, 0x42],
  [NOTIFICATION_TYPE, 0x44],
]);
const PROTECTIONS: readonly (Protection | undefined)[] = [
  "NETWORKID",
  "USERPIN",
  "USERPIN_NETWORKID",
];
const SEC = 0x91;
const MAC = 0x92;
const LENGTH_QUOTE = 0x1f;

/** A push: transaction id, type 06, headers, body. */
export function push(
  { type, application, protection, mac, body }: Envelope,
  transaction = 1,
): Uint8Array {
  const code = TYPES.get(type);
  const parts = [code === undefined ? utf8(`${type}\0`) : Uint8Array.of(0x80 | code)];
  if (protection !== undefined)
    parts.push(Uint8Array.of(SEC, 0x80 | PROTECTIONS.indexOf(protection)));
  if (mac !== undefined) parts.push(Uint8Array.of(MAC), utf8(`${mac}\0`));
  const content = concatenation(parts);
  const headers = concatenation([
    parts.length === 1
      ? content
      : concatenation([Uint8Array.of(LENGTH_QUOTE, content.length), content]),
    application === undefined ? NOTHING : Uint8Array.of(0xaf, 0x80 | application),
  ]);
  return concatenation([Uint8Array.of(transaction, 6, headers.length), headers, body]);
}
