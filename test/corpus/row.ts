/**
 * A row of the corpus: messages and documents as servers, devices and tools of others write them,
 * each with what must come of it and the section that says so. A row is one situation. Kinds:
 *
 * | kind         | what is done with it                                                  |
 * |--------------|-----------------------------------------------------------------------|
 * | `answer`     | a server's answers to a device that has opened a session, in turn      |
 * | `download`   | a package host's answers to a download, byte for byte, in turn         |
 * | `document`   | a message or a tree is read as a device reads it                       |
 * | `descriptor` | a download descriptor is read as a device reads it                     |
 * | `decode`     | `xs-fumo decode`, strict and lenient (Node)                            |
 * | `request`    | a device's first message, to `xs-fumo serve` (Node)                    |
 *
 * Sections: R OMA-TS-DM-RepPro, P OMA-TS-DM-Protocol, T OMA-TS-DM-TND, S OMA-TS-DM-Security,
 * F OMA-TS-DM-FUMO, D OMA-Download-OTA 1.0, X XML 1.0, W WBXML 1.3, I SyncML MetInf,
 * B OMA-TS-SyncML-HTTPBinding; RFCs by their numbers.
 *
 * Raw answers may have places, between at signs, for what is known when they are sent: `@BODY@`,
 * `@LENGTH@` and `@HEX@` stand for a message, its length, and that in hexadecimal digits,
 * `@70-200@` for these bytes of a package of PACKAGE_BYTES, and `@AT@` for such a sign.
 */
import type { AuthKind } from "../../src/account/authkind.ts";

/** Where the bytes are: in a file of this folder, in the row, or in it as hexadecimal digits. */
export interface Input {
  readonly file?: string;
  readonly text?: string;
  readonly hex?: string;
}

export interface Row extends Input {
  readonly kind: "answer" | "download" | "document" | "descriptor" | "decode" | "request";
  readonly what: string;
  readonly outcome: string;
  readonly section: string;
  /** Of an answer: SyncBodies that follow in messages of their own. */
  readonly more?: readonly string[];
  /** Of an answer: what the account demands of the device. */
  readonly auth?: AuthKind;
  /** Of an answer or a download: what is sent raw, behind what a file has; the last one again. */
  readonly wire?: readonly string[];
  /** Of a download: bytes that are there, of the version that has this validator. */
  readonly from?: number;
  readonly validator?: string;
  /** Of a file: what follows it; texts of its own run, and what stands for them. */
  readonly body?: string;
  readonly values?: readonly (readonly [string, string])[];
}

export const PACKAGE_BYTES = 200;

/** The head of an answer. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

export const GET =
  "<Get><CmdID>20</CmdID><Item><Target><LocURI>./DevDetail/FwV</LocURI></Target></Item></Get>";
/** The device has executed what stands behind the odd command. */
export const DONE = "200 Get 20; Results";

/** The message of a server with this SyncBody; `sizes` goes into Meta of SyncHdr. */
export function message(body: string, sizes = "", before = ""): string {
  const meta = sizes === "" ? "" : `<Meta>${sizes}</Meta>`;
  return (
    `${before}<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>` +
    `DM/1.2</VerProto>` +
    "<SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>d</LocURI></Target>" +
    `<Source><LocURI>s</LocURI></Source>${meta}</SyncHdr><SyncBody>${body}</SyncBody></SyncML>`
  );
}
