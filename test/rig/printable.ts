/**
 * What a device or a server has written, as a terminal may show it: no control character gets
 * through, which could begin a line of its own or move the cursor.
 */

/** Bytes of such a text in a line that a person sees. */
const SHOWN_BYTES_MAX = 200;

// Unpaired surrogates too: no terminal has a glyph for them.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/gu;

/** Controls, separators of lines and lone surrogates become `\u000a`. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

/** The same, cut off where a line gets too long. */
export function clipped(text: string): string {
  const bytes = Buffer.from(printable(text));
  if (bytes.length <= SHOWN_BYTES_MAX) return bytes.toString();
  let end = SHOWN_BYTES_MAX - 3;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}…`;
}
