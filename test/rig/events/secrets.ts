/**
 * Secrets, kept out of events: whatever shows an event, be it text, XML or hexadecimal digits, has
 * `*` in the place of each byte of theirs. Two ways, since neither sees all: a secret that the rig
 * has given somebody is found wherever it is; in a message of OMA DM the elements that hold secrets
 * are, whoever chose what is in them.
 */
import { Token } from "../../../src/base/token.ts";
import { type Encoding, encodingOf, readerOf } from "../../../src/session/encoding.ts";

/** Shorter ones would be found in every other word. */
const SECRET_BYTES_MIN = 4;
const MASK = "*";
const MASK_BYTE = 0x2a;

/** Elements whose text is a secret: credentials, nonces. */
const SECRET_PATHS: readonly string[] = ["Cred/Data", "NextNonce"];
/** Nodes of DMAcc that hold secrets. */
const SECRET_NODE = /\/(AAuthSecret|AAuthData)$/;

/** True for a node whose value no event shows. */
export function isSecretNode(uri: string): boolean {
  return SECRET_NODE.test(uri);
}

export class Secrets {
  /** All that a secret looks like in text. */
  readonly #forms = new Set<string>();

  /** From now on no event shows it, as it is, in base64 or in hexadecimal digits. */
  add(secret: string): void {
    const bytes = Buffer.from(secret);
    if (bytes.length < SECRET_BYTES_MIN) return;
    const digits = bytes.toString("hex");
    const forms = [secret, inXml(secret), digits, digits.toUpperCase(), inBase64(bytes)];
    for (const form of forms) this.#forms.add(form);
  }

  /** The text without them, as long as it was. */
  masked(text: string): string {
    let masked = text;
    for (const form of this.#forms) masked = masked.replaceAll(form, MASK.repeat(form.length));
    return masked;
  }

  /** A copy of a message of OMA DM without any, as long as it was. */
  maskedMessage(body: Uint8Array): Buffer {
    const copy = Buffer.from(body);
    maskElements(copy, encodingOf(body, body.length));
    for (const form of this.#forms) maskBytes(copy, Buffer.from(form));
    return copy;
  }
}

function inXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The characters that stand for nothing but these bytes. */
function inBase64(bytes: Buffer): string {
  return bytes.toString("base64").slice(0, Math.floor((bytes.length * 8) / 6));
}

/** Masks the elements that hold secrets; from where a device could not read on, everything. */
function maskElements(body: Buffer, encoding: Encoding): void {
  // The reader writes into what it reads.
  const reader = readerOf(encoding, Uint8Array.from(body), body.length);
  const path: string[] = [];
  let uri = "";
  let before = 0;
  let secretFrom: number | undefined;
  for (let token = reader.next(); token !== Token.end; token = reader.next()) {
    if (token === Token.error) {
      body.fill(MASK_BYTE, before);
      return;
    }
    if (secretFrom !== undefined) body.fill(MASK_BYTE, secretFrom, reader.offset);
    secretFrom = undefined;
    before = reader.offset;
    if (token === Token.open) {
      path.push(reader.name());
      if (reader.name() === "Item") uri = "";
    } else if (token === Token.close) path.pop();
    else {
      const where = path.join("/");
      const text = Buffer.from(reader.bytes.subarray(reader.from, reader.to));
      if (where.endsWith("/LocURI")) uri = text.toString();
      // In WBXML the text may be in the table of strings, and what is around it has to stay.
      if (isSecret(where, uri) && (encoding === "xml" || !maskBytes(body, text)))
        secretFrom = reader.offset;
    }
  }
}

function isSecret(path: string, uri: string): boolean {
  return (
    SECRET_PATHS.some((end) => path.endsWith(end)) ||
    (path.endsWith("/Item/Data") && isSecretNode(uri))
  );
}

/** Overwrites the text wherever it is: whether it was there. */
function maskBytes(body: Buffer, text: Buffer): boolean {
  const first = text.length === 0 ? -1 : body.indexOf(text);
  for (let at = first; at >= 0; at = body.indexOf(text, at + text.length))
    body.fill(MASK_BYTE, at, at + text.length);
  return first >= 0;
}
