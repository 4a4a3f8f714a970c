/**
 * URLs of packages: http and https, absolute, strict (RFC 3986 §3), without user information.
 * Parsed by bytes.
 */
import { frozen } from "../base/frozen.ts";
import { URL_BYTES_MAX } from "../base/limits.ts";
import { text, utf8 } from "../base/utf8.ts";

export interface Url {
  readonly scheme: "http" | "https";
  /** Lower case; an IPv6 address is in brackets. */
  readonly host: string;
  readonly port: number;
  /** With the query, from "/" on. */
  readonly path: string;
}

const SLASH = 0x2f;
const COLON = 0x3a;
const QUESTION = 0x3f;
const HASH = 0x23;
const AT = 0x40;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const OPEN = 0x5b;
const CLOSE = 0x5d;
/** Besides controls, space and everything past ASCII: what no URL has unescaped. */
const UNFIT: readonly number[] = frozen([0x22, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d]);

/**
 * The parts of an absolute URL, or undefined when it is no http or https URL that we take. A
 * fragment is left out.
 */
export function parseUrl(value: string): Url | undefined {
  const bytes = utf8(value);
  if (bytes.length > URL_BYTES_MAX || !bytes.every(fit)) return undefined;
  const scheme = schemeOf(bytes);
  if (scheme === undefined) return undefined;
  const from = scheme.length + 3;
  const end = firstOf(bytes, 0, [HASH]);
  const pathAt = firstOf(bytes.subarray(0, end), from, [SLASH, QUESTION]);
  const authority = parseAuthority(bytes.subarray(from, pathAt), scheme === "http" ? 80 : 443);
  if (authority === undefined) return undefined;
  const path = text(bytes, pathAt, end);
  return { scheme, ...authority, path: path.startsWith("/") ? path : `/${path}` };
}

/** The URL as text; the port is left out where it is the scheme's own. */
export function urlText(url: Url): string {
  const port = url.port === (url.scheme === "http" ? 80 : 443) ? "" : `:${url.port}`;
  return `${url.scheme}://${url.host}${port}${url.path}`;
}

/**
 * What a reference in an answer from `base` means (RFC 3986 §5.2; dot segments are left to the
 * server). Undefined: not a URL.
 */
export function resolveUrl(base: Url, reference: string): Url | undefined {
  const bytes = utf8(reference);
  if (bytes.length === 0 || bytes.length > URL_BYTES_MAX) return undefined;
  const delimiter = firstOf(bytes, 0, [COLON, SLASH, QUESTION, HASH]);
  if (bytes[delimiter] === COLON) return parseUrl(reference);
  if (reference.startsWith("//")) return parseUrl(`${base.scheme}:${reference}`);
  const origin = urlText({ ...base, path: "" });
  if (reference.startsWith("/")) return parseUrl(origin + reference);
  const query = base.path.indexOf("?");
  const path = query < 0 ? base.path : base.path.substring(0, query);
  const directory = reference.startsWith("?") ? path : path.substring(0, path.lastIndexOf("/") + 1);
  return parseUrl(origin + directory + reference);
}

function schemeOf(bytes: Uint8Array): Url["scheme"] | undefined {
  if (bytes.length < 8) return undefined;
  const start = text(bytes, 0, 8).toLowerCase();
  return start === "https://" ? "https" : start.startsWith("http://") ? "http" : undefined;
}

function parseAuthority(
  bytes: Uint8Array,
  portDefault: number,
): { host: string; port: number } | undefined {
  if (bytes.includes(AT)) return undefined;
  const isAddress = bytes[0] === OPEN;
  const end = isAddress ? bytes.indexOf(CLOSE) + 1 : firstOf(bytes, 0, [COLON]);
  const name = bytes.subarray(0, end);
  if (
    end === 0 ||
    (isAddress && end < 4) ||
    !(isAddress ? name.subarray(1, -1).every(inAddress) : isName(name))
  )
    return undefined;
  const host = text(name, 0, end).toLowerCase();
  if (end === bytes.length) return { host, port: portDefault };
  const port = bytes[end] === COLON ? decimal(bytes.subarray(end + 1), 65535) : undefined;
  return port === undefined || port === 0 ? undefined : { host, port };
}

/**
 * Labels of letters, digits and hyphens. A name that ends in a number is taken only as four plain
 * decimals.
 */
function isName(bytes: Uint8Array): boolean {
  const labels: Uint8Array[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const to = firstOf(bytes, from, [DOT]);
    labels.push(bytes.subarray(from, to));
    from = to + 1;
  }
  if (labels.length > 1 && labels[labels.length - 1]?.length === 0) labels.pop();
  if (labels.some((label) => label.length === 0 || label.length > 63 || !label.every(inLabel)))
    return false;
  const last = labels[labels.length - 1];
  if (last === undefined || !isDigit(last[0] ?? 0)) return true;
  return (
    labels.length === 4 &&
    bytes[bytes.length - 1] !== DOT &&
    labels.every((label) => decimal(label, 255) !== undefined)
  );
}

/**
 * The number in plain decimal digits without leading zero, or undefined when there is none, or it
 * is over `most`.
 */
export function decimal(bytes: Uint8Array, most: number): number | undefined {
  if (bytes.length === 0 || (bytes.length > 1 && bytes[0] === 0x30)) return undefined;
  let value = 0;
  for (const byte of bytes) {
    if (!isDigit(byte)) return undefined;
    value = value * 10 + byte - 0x30;
    if (value > most) return undefined;
  }
  return value;
}

function firstOf(bytes: Uint8Array, from: number, wanted: readonly number[]): number {
  let at = from;
  while (at < bytes.length && !wanted.includes(bytes[at] ?? 0)) at++;
  return at;
}

function fit(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !UNFIT.includes(byte);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function inLabel(byte: number): boolean {
  return (
    isDigit(byte) ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ||
    byte === HYPHEN ||
    byte === 0x5f
  );
}

function inAddress(byte: number): boolean {
  return (
    isDigit(byte) ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66) ||
    byte === COLON ||
    byte === DOT
  );
}
