/**
 * The declaration of a document, which must not claim another encoding than UTF-8 (XML 1.0 §2.8,
 * §4.3.3).
 */
import { text } from "../base/utf8.ts";
import { attribute, type Cursor, pastSpace } from "./name.ts";

/** Longer than any value that is taken. */
const VALUE_BYTES_MAX = 16;

/** Goes past an XML declaration, if there is one. */
export function checkDeclaration(bytes: Uint8Array, cursor: Cursor): void {
  const from = cursor.at;
  if (
    bytes[from] !== 0x3c ||
    bytes[from + 1] !== 0x3f ||
    bytes[from + 4] !== 0x6c ||
    (bytes[from + 5] ?? 0xff) > 0x20
  )
    return;
  if (text(bytes, from, from + 5) !== "<?xml") return;
  cursor.at += 5;
  for (;;) {
    const item = attribute(bytes, cursor);
    if (item === undefined) break;
    const value =
      item.to - item.from > VALUE_BYTES_MAX ? "" : text(bytes, item.from, item.to).toUpperCase();
    if (item.name === "encoding" && value !== "UTF-8" && value !== "US-ASCII")
      cursor.problem = "an encoding other than UTF-8";
    if (item.name === "version" && value !== "1.0" && value !== "1.1") cursor.problem = "not XML 1";
    if (cursor.problem !== "") return;
  }
  if (cursor.problem !== "") return;
  const at = pastSpace(bytes, cursor.at);
  if (bytes[at] !== 0x3f || bytes[at + 1] !== 0x3e) cursor.problem = "a declaration without an end";
  else cursor.at = at + 2;
}
