/** Characters of a document (XML 1.0 §2.2): which numbers are one, and one as UTF-8 bytes. */

/** True for the number of a character that a document may hold. */
export function isCharacter(character: number): boolean {
  if (character < 0x20) return character === 0x09 || character === 0x0a || character === 0x0d;
  return (
    character <= 0x10ffff &&
    (character < 0xd800 || character > 0xdfff) &&
    character !== 0xfffe &&
    character !== 0xffff
  );
}

/** Bytes that a character takes. */
export function characterLength(character: number): number {
  return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

/** Writes a character at bytes[to, …), where there is room for it: the index after it. */
export function putCharacter(bytes: Uint8Array, to: number, character: number): number {
  if (character < 0x80) {
    bytes[to++] = character;
    return to;
  }
  if (character < 0x800) bytes[to++] = 0xc0 | (character >> 6);
  else {
    if (character < 0x10000) bytes[to++] = 0xe0 | (character >> 12);
    else {
      bytes[to++] = 0xf0 | (character >> 18);
      bytes[to++] = 0x80 | ((character >> 12) & 63);
    }
    bytes[to++] = 0x80 | ((character >> 6) & 63);
  }
  bytes[to++] = 0x80 | (character & 63);
  return to;
}
