/** HMAC with SHA-1, RFC 2104: what seals a bootstrap message (OMA-TS-DM-Security §5.7.2.1). */
import { copy } from "./bytes.ts";
import { sha1 } from "./sha1.ts";

/** Bytes that SHA-1 takes at a time. */
const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;

/** The 20 bytes that prove `bytes` to who knows `key`. */
export function hmacSha1(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const short = key.length > BLOCK_BYTES ? sha1(key) : key;
  return padded(short, OUTER, padded(short, INNER, bytes));
}

/**
 * SHA-1 of the key, filled up to a block and every byte changed by `pad`, with `bytes` behind it.
 */
function padded(key: Uint8Array, pad: number, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(BLOCK_BYTES + bytes.length);
  copy(whole, 0, key, 0, key.length);
  for (let i = 0; i < BLOCK_BYTES; i++) whole[i] = (whole[i] ?? 0) ^ pad;
  copy(whole, BLOCK_BYTES, bytes, 0, bytes.length);
  return sha1(whole);
}
