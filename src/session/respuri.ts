/**
 * Where the answer to a message goes when it names a RespURI (OMA-TS-DM-RepPro §4.1.1.17). Only the
 * account's own scheme, host and port are followed: a message must not send a device, with its
 * credentials, to somebody else.
 */
import { find } from "../base/bytes.ts";
import { URL_BYTES_MAX } from "../base/limits.ts";
import { text, utf8 } from "../base/utf8.ts";

const SLASH = 0x2f;

/**
 * The URL to use, or undefined when the RespURI leads elsewhere. A path is taken from the account's
 * origin.
 */
export function responseUrl(respURI: string, account: string): string | undefined {
  const bytes = utf8(respURI);
  const origin = originOf(utf8(account));
  if (
    bytes.length === 0 ||
    bytes.length > URL_BYTES_MAX ||
    origin === undefined ||
    !printable(bytes)
  )
    return undefined;
  if (bytes[0] === SLASH && bytes[1] !== SLASH) return origin.text + respURI;
  return originOf(bytes)?.normal === origin.normal ? respURI : undefined;
}

/** Scheme, host and port: as written, and comparable. */
function originOf(url: Uint8Array): { readonly text: string; readonly normal: string } | undefined {
  const first = find(url, 0, SLASH);
  if (first < 0 || url[first + 1] !== SLASH) return undefined;
  const third = find(url, first + 2, SLASH);
  const query = find(url, first + 2, 0x3f);
  const ends = [third, query].filter((end) => end >= 0);
  const origin = text(url, 0, ends.length === 0 ? url.length : Math.min(...ends));
  const lower = origin.toLowerCase();
  if (lower.endsWith(":80") && lower.startsWith("http:"))
    return { text: origin, normal: lower.slice(0, -3) };
  if (lower.endsWith(":443") && lower.startsWith("https:"))
    return { text: origin, normal: lower.slice(0, -4) };
  return { text: origin, normal: lower };
}

/** True when no byte could end a line, or begin something else, in an HTTP request. */
function printable(bytes: Uint8Array): boolean {
  for (const byte of bytes)
    if (byte <= 0x20 || byte === 0x7f || byte === 0x5c || byte === 0x23) return false;
  return true;
}
