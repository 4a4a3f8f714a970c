/** A page of HTML where a package is due: that of a captive portal, or of a host in trouble. */
import { find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { utf8 } from "../base/utf8.ts";

/** What pages begin with, in lower case. No package begins with this byte. */
const LESS = 0x3c;
const BEGINNINGS = frozen(["<!doctype html", "<html"] as const);
/** White space, and the mark of UTF-8, stand before it at most so far. */
const BEFORE_MAX = 16;
const MARK: readonly number[] = frozen([0xef, 0xbb, 0xbf]);

/**
 * Returns true when a body that begins with `bytes` is a page, and undefined while more of it must
 * come to tell. `claimed`: its media type says so, which a package may do, too.
 */
export function isPage(bytes: Uint8Array, claimed: boolean): boolean | undefined {
  const less = find(bytes, 0, LESS);
  const from = less < 0 ? bytes.length : less;
  if (from > BEFORE_MAX) return false;
  for (let at = 0; at < from; at++) if (!isBlank(bytes[at] ?? 0)) return false;
  if (less < 0) return undefined;
  if (claimed) return true;
  const tag = begins(bytes, from, BEGINNINGS[0]);
  return tag === false ? begins(bytes, from, BEGINNINGS[1]) : tag;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || MARK.includes(byte);
}

/** True in any case of letters; undefined: so far as there are bytes. */
function begins(bytes: Uint8Array, from: number, beginning: string): boolean | undefined {
  const wanted = utf8(beginning);
  for (let at = 0; at < wanted.length; at++) {
    const byte = bytes[from + at];
    if (byte === undefined) return undefined;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== wanted[at]) return false;
  }
  return true;
}
