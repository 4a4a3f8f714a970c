/**
 * Splits an absolute http or https URL into what a request needs (RFC 9110 §4.2). By bytes: no
 * string is indexed.
 */
import { copy, find } from "../../src/base/bytes.ts";
import { text, utf8 } from "../../src/base/utf8.ts";

export interface Target {
  readonly secure: boolean;
  /** Host name or address, an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Host and port as they stood in the URL: the value of the Host field. */
  readonly authority: string;
  /** Path and query, at least "/". */
  readonly path: string;
}

const SLASH = 0x2f;
const QUESTION = 0x3f;
const COLON = 0x3a;
const AT = 0x40;
const HASH = 0x23;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const DELETE = 0x7f;

/**
 * Undefined: no absolute http or https URL, or one with user information, a fragment, or a
 * character that must be escaped.
 */
export function splitUrl(url: string): Target | undefined {
  const secure = url.startsWith("https://");
  if (!secure && !url.startsWith("http://")) return undefined;
  const bytes = utf8(url);
  const from = secure ? 8 : 7;
  if (!isPlain(bytes) || find(bytes, from, HASH) >= 0) return undefined;
  const to = endOfAuthority(bytes, from);
  const at = find(bytes, from, AT);
  if (at >= 0 && at < to) return undefined;
  const hostEnd = endOfHost(bytes, from, to);
  const port = hostEnd < 0 ? -1 : readPort(bytes, hostEnd, to, secure ? 443 : 80);
  if (port < 0 || hostEnd === from) return undefined;
  const bracketed = bytes[from] === OPEN;
  return {
    secure,
    port,
    authority: text(bytes, from, to),
    path: readPath(bytes, to),
    host: bracketed ? text(bytes, from + 1, hostEnd - 1) : text(bytes, from, hostEnd),
  };
}

/**
 * True without space, control and non-ASCII characters: nothing that could end a line of the
 * request.
 */
function isPlain(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte <= 0x20 || byte >= DELETE) return false;
  }
  return true;
}

function endOfAuthority(bytes: Uint8Array, from: number): number {
  const slash = find(bytes, from, SLASH);
  const question = find(bytes, from, QUESTION);
  return Math.min(slash < 0 ? bytes.length : slash, question < 0 ? bytes.length : question);
}

/** The index after the host, or -1. */
function endOfHost(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === OPEN) {
    const close = find(bytes, from, CLOSE);
    return close > from + 1 && close < to ? close + 1 : -1;
  }
  const colon = find(bytes, from, COLON);
  return colon >= 0 && colon < to ? colon : to;
}

/** The number in ":8080" at [from, to), `usual` when there is none, -1 when it is not a port. */
function readPort(bytes: Uint8Array, from: number, to: number, usual: number): number {
  if (from === to) return usual;
  if (bytes[from] !== COLON || to - from > 6) return -1;
  if (to - from === 1) return usual;
  let port = 0;
  for (let i = from + 1; i < to; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
  }
  return port >= 1 && port <= 65535 ? port : -1;
}

function readPath(bytes: Uint8Array, from: number): string {
  if (from === bytes.length) return "/";
  if (bytes[from] === SLASH) return text(bytes, from, bytes.length);
  const path = new Uint8Array(bytes.length - from + 1);
  path[0] = SLASH;
  copy(path, 1, bytes, from, bytes.length);
  return text(path, 0, path.length);
}
