/**
 * Addresses of HTTP: the one parser, and one spelling (RFC 3986; http and https, absolute, without
 * user information).
 *
 * A text becomes a Url where it enters the device, or a sentence that says why it does not.
 * Everything behind that door passes the Url on, or its text, which reads back as the same Url. It
 * is spelled as browsers spell it: scheme and host in lower case, no default port, no dot segments,
 * no fragment, and escapes for whatever a URI must not hold as it is. What readers of URLs are
 * known to read in different ways is refused: controls, backslashes, user information, escapes in a
 * host, IPv4 addresses that are not four decimal numbers.
 */
import type { Url } from "../../hal/hal.ts";
import { copy, find, findAny } from "./bytes.ts";
import { hexDigit, isDigit } from "./decimal.ts";
import { ipv6Text, parseIPv4, parseIPv6 } from "./ipaddress.ts";
import { ADDRESS_BYTES_MAX, HOST_BYTES_MAX, URL_BYTES_MAX } from "./limits.ts";
import { text, utf8 } from "./utf8.ts";

export type { Url };

const SLASH = 0x2f;
const COLON = 0x3a;
const QUESTION = 0x3f;
const HASH = 0x23;
const AT = 0x40;
const DOT = 0x2e;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const BLANK = 0x20;
const DELETE = 0x7f;

const CONTROLS =
  "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f" +
  "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e" +
  "\u001f\u007f";
/** What is escaped in a path (RFC 3986 §3.3), and in a query, where browsers escape one more. */
const UNFIT = ' "<>[]^`{|}';
const UNFIT_IN_QUERY = `${UNFIT}'`;
/** All of ASCII but letters, digits, hyphens, underscores and dots. */
const UNFIT_IN_HOST = " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}~";
const NO_NAME = "has a host that is no name: an international one is written with xn--";
const LABEL_BYTES_MAX = 63;

/**
 * Returns the address that the text gives, white space around it left out; or why it gives none, a
 * sentence without its subject that holds nothing of the text.
 */
export function parseUrl(value: string): Url | string {
  const bytes = trimmed(utf8(value));
  const problem = problemOf(bytes);
  if (problem !== undefined) return problem;
  const scheme = schemeOf(bytes);
  if (scheme === undefined) return "does not begin with http:// or https://";
  const from = scheme.length + 3;
  const hash = find(bytes, from, HASH);
  const end = hash < 0 ? bytes.length : hash;
  const mark = findAny(bytes, from, end, "/?");
  const pathAt = mark < 0 ? end : mark;
  const authority = parseAuthority(bytes.subarray(from, pathAt), portOf(scheme));
  if (typeof authority === "string") return authority;
  const { host, port } = authority;
  const path = pathOf(bytes.subarray(pathAt, end));
  const url = { scheme, host, port, path: path ?? "" };
  const isLong = path === undefined || urlText(url).length > URL_BYTES_MAX;
  return isLong ? `is longer than ${URL_BYTES_MAX} bytes when it is escaped` : url;
}

/** Returns the one text of a Url. */
export function urlText(url: Url): string {
  return `${originText(url)}${url.path}`;
}

/**
 * Returns the text of a URL without its query, which may hold a token that opens a store of
 * packages to whoever reads the log.
 */
export function place(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : `${url.slice(0, query)}?…`;
}

/** Returns scheme, host and port, as "https://host:8443". */
export function originText(url: Url): string {
  return `${url.scheme}://${authorityText(url)}`;
}

/** Returns the value of the Host field (RFC 9110 §7.2): the port only where it is not usual. */
export function authorityText({ scheme, host, port }: Url): string {
  return port === portOf(scheme) ? host : `${host}:${port}`;
}

/** Returns the host as sockets and resolvers take it: an IPv6 address without brackets. */
export function hostName({ host }: Url): string {
  return host.startsWith("[") ? host.substring(1, host.length - 1) : host;
}

/** Returns true when both are of one server: scheme, host and port (RFC 6454 §5). */
export function sameOrigin(a: Url, b: Url): boolean {
  return a.scheme === b.scheme && a.host === b.host && a.port === b.port;
}

/**
 * Returns what a reference in an answer from `base` means (RFC 3986 §5.2), or why it means
 * nothing, as parseUrl does. An empty one, which would be `base` again, is refused.
 */
export function resolveUrl(base: Url, reference: string): Url | string {
  const bytes = trimmed(utf8(reference));
  const problem = problemOf(bytes);
  if (problem !== undefined) return problem;
  const value = text(bytes, 0, bytes.length);
  const delimiter = findAny(bytes, 0, bytes.length, ":/?#");
  if (bytes[delimiter] === COLON) return parseUrl(value);
  if (value.startsWith("//")) return parseUrl(`${base.scheme}:${value}`);
  const origin = originText(base);
  if (delimiter === 0 && bytes[0] === SLASH) return parseUrl(origin + value);
  if (delimiter === 0 && bytes[0] === HASH) return parseUrl(origin + base.path + value);
  const query = base.path.indexOf("?");
  const path = query < 0 ? base.path : base.path.substring(0, query);
  if (delimiter === 0) return parseUrl(origin + path + value);
  return parseUrl(origin + path.substring(0, path.lastIndexOf("/") + 1) + value);
}

/**
 * Returns why messages and reports cannot go there, or undefined: such an address is kept beside
 * what is decoded, and beside the URL of a package, so it is shorter than that may be.
 */
export function addressProblem(url: Url): string | undefined {
  const isLong = urlText(url).length > ADDRESS_BYTES_MAX;
  return isLong ? `is longer than ${ADDRESS_BYTES_MAX} bytes` : undefined;
}

/** Returns what `parseUrl` does, of an address to which messages go. */
export function parseAddress(value: string): Url | string {
  return addressOf(value, () => parseUrl(value));
}

/** Returns what `resolveUrl` does, of an address to which messages go. */
export function resolveAddress(base: Url, reference: string): Url | string {
  return addressOf(reference, () => resolveUrl(base, reference));
}

/** A text that is too long is not parsed: what that takes for a while is many times its length. */
function addressOf(value: string, parse: () => Url | string): Url | string {
  if (utf8(value).length > ADDRESS_BYTES_MAX) return `is longer than ${ADDRESS_BYTES_MAX} bytes`;
  const url = parse();
  return typeof url === "string" ? url : (addressProblem(url) ?? url);
}

/** Returns what no address may be, whatever is in it; or undefined. */
function problemOf(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "is empty";
  if (bytes.length > URL_BYTES_MAX) return `is longer than ${URL_BYTES_MAX} bytes`;
  if (find(bytes, 0, 0) >= 0 || findAny(bytes, 0, bytes.length, CONTROLS) >= 0)
    return "has a control character: escape or remove it";
  return find(bytes, 0, BACKSLASH) < 0
    ? undefined
    : "has a backslash, which some read as a slash: write / or %5C";
}

/** Without white space and controls at both ends, which stand around addresses in documents. */
function trimmed(bytes: Uint8Array): Uint8Array {
  let from = 0;
  let to = bytes.length;
  while (from < to && (bytes[from] ?? 0) <= BLANK) from++;
  while (to > from && (bytes[to - 1] ?? 0) <= BLANK) to--;
  return bytes.subarray(from, to);
}

function portOf(scheme: Url["scheme"]): number {
  return scheme === "http" ? 80 : 443;
}

function schemeOf(bytes: Uint8Array): Url["scheme"] | undefined {
  if (begins(bytes, "https://")) return "https";
  return begins(bytes, "http://") ? "http" : undefined;
}

/** True in any case of letters. The bytes hold no controls. */
function begins(bytes: Uint8Array, start: string): boolean {
  const wanted = utf8(start);
  for (let at = 0; at < wanted.length; at++)
    if (((bytes[at] ?? 0) | 0x20) !== wanted[at]) return false;
  return true;
}

function parseAuthority(
  bytes: Uint8Array,
  usualPort: number,
): { readonly host: string; readonly port: number } | string {
  if (find(bytes, 0, AT) >= 0)
    return "has user information (user:password@), which is not sent: leave it out";
  const isLiteral = bytes[0] === OPEN;
  const mark = find(bytes, 0, isLiteral ? CLOSE : COLON);
  const to = mark < 0 ? bytes.length : mark;
  const hostEnd = isLiteral && mark >= 0 ? to + 1 : to;
  const groups = isLiteral && mark >= 0 ? parseIPv6(bytes.subarray(1, to)) : undefined;
  if (isLiteral && (groups === undefined || (bytes[hostEnd] ?? COLON) !== COLON))
    return "has a malformed IPv6 address";
  const problem = groups === undefined ? hostProblem(bytes.subarray(0, to)) : undefined;
  if (problem !== undefined) return problem;
  const port = readPort(bytes, hostEnd + 1, usualPort);
  if (port < 1 || port > 65535) return "has a port that is not a number from 1 to 65535";
  const host = groups === undefined ? text(bytes, 0, to).toLowerCase() : `[${ipv6Text(groups)}]`;
  return { host, port };
}

/** Returns the number at bytes[from, …), `usual` without one; 0 or more than 65535 is none. */
function readPort(bytes: Uint8Array, from: number, usual: number): number {
  if (from >= bytes.length) return usual;
  let port = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (!isDigit(byte) || port > 65535) return 0;
    port = port * 10 + byte - 0x30;
  }
  return port;
}

/**
 * Returns why the bytes are no host, or undefined. A host is labels of letters, digits, hyphens and
 * underscores (RFC 1123 §2.1), or an IPv4 address.
 */
function hostProblem(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "has no host";
  if (bytes.length > HOST_BYTES_MAX) return `has a host of more than ${HOST_BYTES_MAX} bytes`;
  if (!isAscii(bytes) || findAny(bytes, 0, bytes.length, UNFIT_IN_HOST) >= 0) return NO_NAME;
  let label = 0;
  for (let from = 0; from < bytes.length; ) {
    const dot = find(bytes, from, DOT);
    const end = dot < 0 ? bytes.length : dot;
    if (end === from) return NO_NAME;
    if (end - from > LABEL_BYTES_MAX)
      return `has a host with a label of more than ${LABEL_BYTES_MAX} bytes`;
    label = from;
    from = end + 1;
  }
  return isNumber(bytes, label) && parseIPv4(bytes) === undefined
    ? "has a host that ends in a number and is not an IPv4 address of four decimal numbers"
    : undefined;
}

/** True when a resolver takes the last label, at `from`, for a number: 127, 0177, 0x7f, 0x. */
function isNumber(bytes: Uint8Array, from: number): boolean {
  const to = bytes[bytes.length - 1] === DOT ? bytes.length - 1 : bytes.length;
  const isHex = bytes[from] === 0x30 && ((bytes[from + 1] ?? 0) | 0x20) === 0x78;
  for (let at = isHex ? from + 2 : from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (isHex ? hexDigit(byte) < 0 : !isDigit(byte)) return false;
  }
  return true;
}

/** Path and query as they are asked for, from "/" on; undefined: longer than a URL may be. */
function pathOf(bytes: Uint8Array): string | undefined {
  const mark = find(bytes, 0, QUESTION);
  const end = mark < 0 ? bytes.length : mark;
  const path = escaped(bytes.subarray(0, end), UNFIT, URL_BYTES_MAX);
  const room = URL_BYTES_MAX - (path?.length ?? 0);
  const query = escaped(bytes.subarray(end), UNFIT_IN_QUERY, room);
  if (path === undefined || query === undefined) return undefined;
  return withoutDots(path) + text(query, 0, query.length);
}

/**
 * With escapes for `unfit`, for every byte past ASCII, and for "%" that begins no escape; undefined
 * when that is longer than `most`: three times the longest URL is more than a heap may have.
 */
function escaped(bytes: Uint8Array, unfit: string, most: number): Uint8Array | undefined {
  const { length } = bytes;
  if (isAscii(bytes) && findAny(bytes, 0, length, unfit) < 0 && !hasStray(bytes)) return bytes;
  const marks = utf8(unfit);
  const result = new Uint8Array(Math.min(3 * length, most));
  let to = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] ?? 0;
    const fits = byte < DELETE && !marks.includes(byte) && !isStray(bytes, at);
    if (to + (fits ? 1 : 3) > result.length) return undefined;
    if (fits) result[to++] = byte;
    else {
      result[to++] = PERCENT;
      result[to++] = upperDigit(byte >> 4);
      result[to++] = upperDigit(byte & 15);
    }
  }
  return result.subarray(0, to);
}

/** The bytes are UTF-8: every character past ASCII has more than one. */
function isAscii(bytes: Uint8Array): boolean {
  return text(bytes, 0, bytes.length).length === bytes.length;
}

function hasStray(bytes: Uint8Array): boolean {
  let at = find(bytes, 0, PERCENT);
  while (at >= 0 && !isStray(bytes, at)) at = find(bytes, at + 1, PERCENT);
  return at >= 0;
}

function isStray(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== PERCENT) return false;
  return hexDigit(bytes[at + 1] ?? 0) < 0 || hexDigit(bytes[at + 2] ?? 0) < 0;
}

function upperDigit(value: number): number {
  return value < 10 ? value + 0x30 : value + 0x37;
}

/** A path, which is empty or begins with "/", without "." and ".." (RFC 3986 §5.2.4). */
function withoutDots(bytes: Uint8Array): string {
  if (bytes.length === 0) return "/";
  const result = new Uint8Array(bytes.length);
  let to = 0;
  for (let from = 1; from <= bytes.length; ) {
    const slash = find(bytes, from, SLASH);
    const end = slash < 0 ? bytes.length : slash;
    const dots = dotsIn(bytes, from, end);
    if (dots === 2 && to > 0) to = result.lastIndexOf(SLASH, to - 1);
    if (dots === 0 || slash < 0) result[to++] = SLASH;
    if (dots === 0) copy(result, to, bytes, from, end);
    if (dots === 0) to += end - from;
    from = end + 1;
  }
  return text(result, 0, to);
}

/** Returns 1 for the segment ".", 2 for "..", also where they are escaped; else 0. */
function dotsIn(bytes: Uint8Array, from: number, to: number): number {
  let dots = 0;
  for (let at = from; at < to; dots++) {
    if (dots === 2) return 0;
    if (bytes[at] === DOT) at++;
    else if (bytes[at] === PERCENT && bytes[at + 1] === 0x32 && isLowE(bytes[at + 2])) at += 3;
    else return 0;
  }
  return dots;
}

function isLowE(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45;
}
