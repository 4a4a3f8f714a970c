/**
 * The header x-syncml-hmac (OMA-TS-DM-Security, integrity): a digest over a message and a shared
 * secret, which proves who sent it and that nobody changed it. `algorithm=MD5, username="name",
 * mac=base64`; made over the bytes of the body as they are sent.
 */
import { base64, fromBase64 } from "../base/base64.ts";
import { copy, equal, find, hex } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { md5 } from "../base/md5.ts";
import { text, utf8 } from "../base/utf8.ts";

export const MAC_HEADER = "x-syncml-hmac";

/** All that a header is read for. */
const PARAMETERS: readonly string[] = frozen(["algorithm", "username", "mac"]);
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The header's value for a body with that MD5 digest. `nonce` is the decoded one of the last
 * challenge.
 */
export function macHeader(
  name: string,
  secret: string,
  nonce: Uint8Array,
  bodyDigest: Uint8Array,
): string {
  const mac = base64(messageProof(name, secret, nonce, bodyDigest));
  return `algorithm=MD5, username="${quoted(name)}", mac=${mac}`;
}

/**
 * True when the header proves this name and secret for a body with that digest. A mac that is the
 * base64 of hexadecimal digits, as the standard's example has it, is taken too. The comparison
 * takes the same time wherever they differ.
 */
export function checkMac(
  header: string,
  name: string,
  secret: string,
  nonce: Uint8Array,
  bodyDigest: Uint8Array,
): boolean {
  const parameters = parseParameters(header);
  const algorithm = parameters?.get("algorithm") ?? "MD5";
  if (
    parameters === undefined ||
    algorithm.toUpperCase() !== "MD5" ||
    parameters.get("username") !== name
  )
    return false;
  const given = fromBase64(parameters.get("mac") ?? "");
  if (given === undefined) return false;
  const wanted = messageProof(name, secret, nonce, bodyDigest);
  return equal(given, given.length === 2 * wanted.length ? utf8(hex(wanted)) : wanted);
}

/**
 * MD5(B64(MD5(name:secret)):nonce:B64(MD5(body))): of a message with this header, and of a
 * notification.
 */
export function messageProof(
  name: string,
  secret: string,
  nonce: Uint8Array,
  bodyDigest: Uint8Array,
): Uint8Array {
  const head = utf8(`${base64(md5(utf8(`${name}:${secret}`)))}:`);
  const tail = utf8(`:${base64(bodyDigest)}`);
  const whole = new Uint8Array(head.length + nonce.length + tail.length);
  copy(whole, 0, head, 0, head.length);
  copy(whole, head.length, nonce, 0, nonce.length);
  copy(whole, head.length + nonce.length, tail, 0, tail.length);
  return md5(whole);
}

function quoted(name: string): string {
  return name.split("\\").join("\\\\").split('"').join('\\"');
}

/**
 * Names, in lower case, and values of the parameters that are known in a comma-separated list (RFC
 * 2616 §2.1); undefined when it is malformed.
 */
function parseParameters(header: string): ReadonlyMap<string, string> | undefined {
  const bytes = utf8(header);
  const parameters = new Map<string, string>();
  if (bytes.some((byte) => byte < SPACE && byte !== TAB)) return undefined;
  for (let from = 0; from < bytes.length; ) {
    const equals = find(bytes, from, EQUALS);
    if (equals < 0) return undefined;
    const name = text(bytes, from, equals).trim().toLowerCase();
    const start = pastSpaces(bytes, equals + 1);
    const quotedTo = bytes[start] === QUOTE ? closingQuote(bytes, start + 1) : -1;
    if (bytes[start] === QUOTE && quotedTo < 0) return undefined;
    const comma = find(bytes, quotedTo < 0 ? start : quotedTo, COMMA);
    const end = comma < 0 ? bytes.length : comma;
    if (PARAMETERS.includes(name))
      parameters.set(
        name,
        quotedTo < 0
          ? text(bytes, start, end).trim()
          : unquoted(bytes.subarray(start + 1, quotedTo)),
      );
    from = end + 1;
  }
  return parameters;
}

function pastSpaces(bytes: Uint8Array, at: number): number {
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

/** The index of the quote that ends a quoted string, or -1. */
function closingQuote(bytes: Uint8Array, at: number): number {
  for (; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return -1;
}

function unquoted(bytes: Uint8Array): string {
  const result = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    result[length++] = bytes[at] ?? 0;
  }
  return text(result, 0, length);
}
