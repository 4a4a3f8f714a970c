/** Bytes as strings, whatever the bytes are. It needs nothing but what browsers and Node share. */

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
/** Characters that are made at a time: each is an argument of a call. */
const PIECE = 8192;

/** Returns UTF-8 as a string. What is none becomes U+FFFD; a byte order mark stays. */
export function utf8Text(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/** Returns a string of one character for each byte, U+0000 to U+00FF, so that offsets agree. */
export function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}
