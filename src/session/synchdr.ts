/**
 * Whether a message belongs to this session, by its SyncHdr (OMA-TS-DM-Protocol §2.3,
 * OMA-TS-DM-RepPro §4.1.1).
 */
import { urlText } from "../base/url.ts";
import type { Cred, Header } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import type { SessionOptions } from "./ports.ts";

const VER_DTD = "1.2";
const VER_PROTO = "DM/1.2";

/** The Status that refuses the message, or undefined. */
export function headerFault(
  header: Header,
  sessionID: string,
  deviceId: string,
): number | undefined {
  if (header.verDTD !== VER_DTD) return Status.unsupportedDTD;
  if (header.verProto !== VER_PROTO) return Status.unsupportedProtocol;
  if (header.sessionID !== sessionID) return Status.badRequest;
  if (!isNumber(header.msgID)) return Status.badRequest;
  if (header.target !== deviceId) return Status.notFound;
  return undefined;
}

/** Message numbers: what does not count up could come again unnoticed. */
function isNumber(msgID: string): boolean {
  const number = Number(msgID);
  return Number.isSafeInteger(number) && number > 0;
}

/**
 * True when `msgID` was answered already, or is older than what was: ids only grow (§2.3.3).
 * `last` is empty before the first.
 */
export function repeated(msgID: string, last: string): boolean {
  return last !== "" && (msgID === last || Number(msgID) <= Number(last));
}

/**
 * The SyncHdr of a message of the device. While it `opens` the session it says what it can take
 * (§2.3.3).
 */
export function headerOf(
  options: SessionOptions,
  messageID: number,
  opens: boolean,
  cred: Cred | undefined,
  sourceName: string | undefined,
): Header {
  const { account, deviceId, sessionID, maxMsgSize, maxObjSize } = options;
  const msgID = String(messageID);
  const header = {
    verDTD: VER_DTD,
    verProto: VER_PROTO,
    sessionID,
    msgID,
    target: urlText(account.url),
    source: deviceId,
    sourceName,
    cred,
  };
  return opens ? { ...header, maxMsgSize, maxObjSize } : header;
}
