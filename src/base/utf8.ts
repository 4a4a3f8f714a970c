/**
 * Strings and UTF-8 bytes. Portable version; boards with XS use the native module of the same name.
 */

declare const TextDecoder: new (
  label: string,
  options: object,
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/**
 * The string in bytes[from, to). Throws a RangeError out of bounds, a TypeError when it is not
 * UTF-8 or has a NUL.
 */
export function text(bytes: Uint8Array, from: number, to: number): string {
  if (from < 0 || to < from || to > bytes.length) throw new RangeError("text");
  const part = bytes.subarray(from, to);
  if (part.includes(0)) throw new TypeError("not UTF-8: NUL");
  return DECODER.decode(part);
}

/** Bytes that are made a string at a time, and thrown away. */
const WINDOW_BYTES = 1024;

/**
 * -1 when bytes[from, to) are UTF-8 without NUL, else an index at or before the first byte that is
 * not, where a character begins.
 * With this behind it a reader can make strings of anything between two ASCII bytes without a
 * failure.
 */
export function checkUtf8(bytes: Uint8Array, from: number, to: number): number {
  try {
    while (from < to) {
      let end = Math.min(from + WINDOW_BYTES, to);
      while (end < to && end > from + WINDOW_BYTES - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80)
        end--;
      text(bytes, from, end);
      from = end;
    }
  } catch {
    return from;
  }
  return -1;
}

/**
 * The index after `value`, a string that `text` has made or could make, when it stands at bytes[at,
 * …); or -1.
 */
export function pastText(bytes: Uint8Array, at: number, value: string): number {
  const wanted = utf8(value);
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return -1;
  return at + wanted.length;
}

/** The bytes of a string. */
export function utf8(value: string): Uint8Array {
  return ENCODER.encode(value);
}

/**
 * Writes a string at target[at, …): the index after it, or -1, with nothing written, when it does
 * not fit.
 */
export function putText(target: Uint8Array, at: number, value: string): number {
  const bytes = utf8(value);
  if (at + bytes.length > target.length) return -1;
  target.set(bytes, at);
  return at + bytes.length;
}

/**
 * Writes three strings, one behind the other, at target[at, …): the index after them, or -1, with
 * nothing written, when they do not fit. Halves of a surrogate pair in two of them are two halves.
 */
export function putTexts(target: Uint8Array, at: number, a: string, b: string, c: string): number {
  return putAll(target, at, [a, b, c]);
}

/**
 * Writes `<name attributes>value</name>`, where the attributes bring the space before them: the
 * index after it, or -1, with nothing written, when it does not fit or the value has one of & < >
 * CR.
 */
export function putElement(
  target: Uint8Array,
  at: number,
  name: string,
  attributes: string,
  value: string,
): number {
  for (const special of ["&", "<", ">", "\r"]) if (value.includes(special)) return -1;
  return putAll(target, at, ["<", name, attributes, ">", value, "</", name, ">"]);
}

function putAll(target: Uint8Array, at: number, texts: readonly string[]): number {
  const encoded = texts.map(utf8);
  const end = encoded.reduce((sum, { length }) => sum + length, at);
  if (end > target.length) return -1;
  let to = at;
  for (const bytes of encoded) {
    target.set(bytes, to);
    to += bytes.length;
  }
  return end;
}
