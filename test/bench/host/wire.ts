/**
 * What a chunk of a large object cannot do without on the wire: the least request, answer and pair
 * of messages that the standards allow. Beside it stands what an update took.
 */
import { base64Length } from "../../../src/base/base64.ts";
import { LONG_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX } from "../../../src/base/limits.ts";
import { type Encoding, writerOf } from "../../../src/session/encoding.ts";
import { alert, statusOf } from "../../../src/session/outgoing.ts";
import { AlertCode } from "../../../src/syncml/alert.ts";
import type { Command, Header, Item } from "../../../src/syncml/command.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { Status } from "../../../src/syncml/status.ts";
import type { Bounds, Figure } from "../figure.ts";

const DEVICE = "urn:uuid:00000000-0000-4000-8000-000000000001";
const SERVER = "http://127.0.0.1:8080/dm";
const NODE = "./FwUpdate/Main/Update/PkgData";
/** The package whose bytes are counted. */
export const WIRE_BYTES = 1048576;
/** What each of its bytes may take, both ways, HTTP and all. */
const BOUNDS: { readonly [E in Encoding]: Bounds } = {
  xml: { budget: 1.36 },
  wbxml: { budget: 1.015 },
};
/** Bytes of a session that asks for five values and is given an Exec. */
const SESSION_BUDGET: Readonly<Record<Encoding, number>> = { xml: 16384, wbxml: 7424 };

/** Bytes of a message with these commands. */
function lengthOf(
  encoding: Encoding,
  from: string,
  to: string,
  commands: readonly Command[],
): number {
  const tokens = writerOf(encoding, new Uint8Array(MESSAGE_BYTES_MAX));
  const writer = new MessageWriter(tokens);
  const header: Header = {
    verDTD: "1.2",
    verProto: "DM/1.2",
    sessionID: "1",
    msgID: "10",
    source: from,
    target: to,
  };
  writer.begin(header);
  commands.forEach((command, index) => {
    writer.command({ ...command, cmdID: String(index + 1) });
  });
  writer.end(false);
  return tokens.length;
}

/**
 * The least that goes over the wire for each byte of a package in messages of MaxMsgSize, when the
 * sessions around it cost nothing.
 */
function leastWire(encoding: Encoding): number {
  const type = `application/vnd.syncml.dm+${encoding}`;
  const binary = encoding === "wbxml";
  const item: Item = { target: NODE, data: Uint8Array.of(0), binary, moreData: true };
  const meta = { format: binary ? "bin" : "b64", type: "application/octet-stream" };
  const sent = lengthOf(encoding, DEVICE, SERVER, [
    statusOf("10", { cmdID: "0", name: "SyncHdr" }, Status.ok),
    statusOf("10", { cmdID: "3", name: "Replace" }, Status.chunkAccepted),
    alert(AlertCode.nextMessage),
  ]);
  const frame = lengthOf(encoding, SERVER, DEVICE, [
    statusOf("10", { cmdID: "0", name: "SyncHdr" }, Status.authenticated),
    statusOf("10", { cmdID: "3", name: "Alert" }, Status.ok),
    { name: "Replace", cmdID: "", meta, items: [item] },
  ]);
  const request =
    `POST /dm HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: ` +
    `${type}\r\nContent-Length: ${sent}\r\n\r\n`;
  const date = new Date(0).toUTCString();
  const answer =
    `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ` +
    `${LONG_MESSAGE_BYTES_MAX}\r\nDate: ${date}\r\n\r\n`;
  const carried = LONG_MESSAGE_BYTES_MAX - frame;
  const share = binary ? carried : (carried * 3) / base64Length(3);
  return (request.length + sent + answer.length + LONG_MESSAGE_BYTES_MAX) / share;
}

/** `wireBytes` of a whole update by Replace, `sessionBytes` of one session without a package. */
export function wireFigures(
  encoding: Encoding,
  packageBytes: number,
  wireBytes: number,
  sessionBytes: number,
): Figure[] {
  const group = `the wire, ${encoding}`;
  return [
    {
      group,
      name: "replace, 1 MiB: per package byte",
      value: wireBytes / packageBytes,
      unit: "",
      floor: leastWire(encoding),
      ...BOUNDS[encoding],
    },
    {
      group,
      name: "a session of 7 messages, an Exec",
      value: sessionBytes,
      unit: "B",
      budget: SESSION_BUDGET[encoding],
    },
  ];
}
