/**
 * The header of a WAP push (WAP-230-WSP §8.2.4; OMA-TS-DM-Notification §6.3): how notifications
 * and bootstrap messages arrive, by SMS or on UDP port 2948. Transaction id, type 06, length of the
 * headers; a content type with SEC and MAC; other headers; the body.
 */
import { find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { text } from "../base/utf8.ts";
import type { Malformed } from "../syncml/command.ts";
import { type Cursor, number } from "../wbxml/number.ts";

/** Content types: package 0, OMA Client Provisioning, the DM profile of bootstrap. */
export const NOTIFICATION_TYPE = "application/vnd.syncml.notification";
export const CP_TYPE = "application/vnd.wap.connectivity-wbxml";
export const DM_TYPE = "application/vnd.syncml.dm+wbxml";

/**
 * How a bootstrap message is protected; Client Provisioning says NETWPIN and USERNETWPIN for the
 * same.
 */
export type Protection = "NETWORKID" | "USERPIN" | "USERPIN_NETWORKID";

export interface Envelope {
  /** As registered; a type of another number is "". */
  readonly type: string;
  /** X-Wap-Application-Id: 7 is SyncML device management. */
  readonly application?: number | undefined;
  readonly protection?: Protection | undefined;
  /** Hexadecimal digits. */
  readonly mac?: string | undefined;
  /** A view of what comes behind the headers. */
  readonly body: Uint8Array;
}

const PUSH = 0x06;
/**
 * Numbers of content types, of the parameters SEC and MAC, and of the header X-Wap-Application-Id,
 * as registered.
 */
const TYPES: ReadonlyMap<number, string> = new Map([
  [0x36, CP_TYPE],
  [0x42, DM_TYPE],
  [0x44, NOTIFICATION_TYPE],
]);
const SEC = 0x11;
const MAC = 0x12;
const APPLICATION_ID = 0x2f;
const PROTECTIONS: readonly Protection[] = frozen(["NETWORKID", "USERPIN", "USERPIN_NETWORKID"]);
const OLD_NAMES: ReadonlyMap<string, Protection> = new Map([
  ["NETWPIN", "NETWORKID"],
  ["USERNETWPIN", "USERPIN_NETWORKID"],
]);

/** A field: a small number, or text, or something else that is passed over. */
interface Field {
  readonly number?: number;
  readonly text?: string;
}

/** Opens a push of `length` bytes; `problem` says at which byte it is none. */
export function openEnvelope(bytes: Uint8Array, length: number): Envelope | Malformed {
  const cursor: Cursor = { at: 2, problem: "" };
  const datagram = bytes.subarray(0, length);
  if (datagram[1] !== PUSH) return { problem: "not a push", offset: Math.min(1, length) };
  const headerBytes = number(datagram, cursor);
  const end = cursor.at + headerBytes;
  if (cursor.problem !== "") return { problem: cursor.problem, offset: cursor.at };
  if (end > length) return { problem: "headers past the end", offset: cursor.at };
  const headers = datagram.subarray(0, end);
  const content = contentType(headers, cursor);
  let application: number | undefined;
  while (cursor.problem === "" && cursor.at < end) {
    const name = field(headers, cursor);
    const value = field(headers, cursor);
    if (name.number === APPLICATION_ID) application = value.number;
  }
  if (cursor.problem !== "") return { problem: cursor.problem, offset: cursor.at };
  return { ...content, application, body: datagram.subarray(end) };
}

type Content = Pick<Envelope, "type" | "protection" | "mac">;

/** The content type alone, or behind its length with parameters. */
function contentType(headers: Uint8Array, cursor: Cursor): Content {
  if ((headers[cursor.at] ?? 0) > LENGTH_QUOTE) return { type: typeOf(field(headers, cursor)) };
  const length = valueLength(headers, cursor);
  const end = cursor.at + length;
  if (end > headers.length) cursor.problem ||= "a content type past the headers";
  const type = typeOf(field(headers, cursor));
  let protection: Protection | undefined;
  let mac: string | undefined;
  while (cursor.problem === "" && cursor.at < end) {
    const name = field(headers, cursor);
    const value = field(headers, cursor);
    const label = name.text?.toUpperCase();
    if (name.number === SEC || label === "SEC") protection = protectionOf(value);
    else if (name.number === MAC || label === "MAC") mac = value.text;
  }
  return { type, protection, mac };
}

function typeOf({ number: code, text: name }: Field): string {
  return name?.toLowerCase() ?? TYPES.get(code ?? 0) ?? "";
}

function protectionOf({ number: code, text: name }: Field): Protection | undefined {
  if (name !== undefined) return OLD_NAMES.get(name) ?? PROTECTIONS.find((one) => one === name);
  return code === undefined ? undefined : PROTECTIONS[code];
}

/** Values below are lengths; this one says that the length follows as a number. */
const LENGTH_QUOTE = 0x1f;

function valueLength(bytes: Uint8Array, cursor: Cursor): number {
  const first = bytes[cursor.at++] ?? 0;
  return first < LENGTH_QUOTE ? first : number(bytes, cursor);
}

/**
 * One field at the cursor: a number with the high bit, text up to a NUL, or a length and so many
 * bytes.
 */
function field(bytes: Uint8Array, cursor: Cursor): Field {
  const first = bytes[cursor.at];
  if (cursor.problem !== "" || first === undefined) {
    cursor.problem ||= "the headers break off";
    return {};
  }
  if (first >= 0x80) {
    cursor.at++;
    return { number: first & 0x7f };
  }
  if (first > LENGTH_QUOTE) return { text: textField(bytes, cursor) };
  const length = valueLength(bytes, cursor);
  if (cursor.at + length > bytes.length) cursor.problem ||= "a field past the headers";
  else cursor.at += length;
  return {};
}

function textField(bytes: Uint8Array, cursor: Cursor): string {
  const from = cursor.at;
  const end = find(bytes, from, 0);
  try {
    if (end >= 0) {
      cursor.at = end + 1;
      return text(bytes, from, end);
    }
    cursor.problem = "text without an end";
  } catch {
    cursor.problem = "not text";
  }
  return "";
}
