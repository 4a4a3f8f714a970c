/** Whether a message belongs to this session, by its SyncHdr (OMA-TS-DM-Protocol §2.3, OMA-TS-DM-RepPro §4.1.1). */
import type { Cred, Header } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import type { SessionOptions } from "./ports.ts";

const VER_DTD = "1.2";
const VER_PROTO = "DM/1.2";

/** The Status that refuses the message, or undefined. */
export function headerFault(header: Header, sessionID: string, deviceId: string): number | undefined {
  if (header.verDTD !== VER_DTD) return Status.unsupportedDTD;
  if (header.verProto !== VER_PROTO) return Status.unsupportedProtocol;
  if (header.sessionID !== sessionID) return Status.badRequest;
  if (header.target !== deviceId) return Status.notFound;
  return undefined;
}

/** True when `msgID` was answered already: ids only grow (§2.3.3). What is no number is compared as it stands. */
export function repeated(msgID: string, last: string): boolean {
  if (msgID === last) return true;
  const now = Number(msgID), before = Number(last);
  return last !== "" && now <= before;
}

/** The SyncHdr of a message of the device. While it `opens` the session it says what it can take (§2.3.3). */
export function headerOf(options: SessionOptions, messageID: number, opens: boolean, cred: Cred | undefined,
  sourceName: string | undefined): Header {
  const { account, deviceId, sessionID, maxMsgSize, maxObjSize } = options, msgID = String(messageID);
  const header = {
    verDTD: VER_DTD, verProto: VER_PROTO, sessionID, msgID, target: account.url, source: deviceId, sourceName, cred,
  };
  return opens ? { ...header, maxMsgSize, maxObjSize } : header;
}
