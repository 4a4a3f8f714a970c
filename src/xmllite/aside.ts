/** What a document says aside: comments (XML 1.0 §2.5) and processing instructions (§2.6). */
import { find } from "../base/bytes.ts";
import { text } from "../base/utf8.ts";
import { type Cursor, nameEnd } from "./name.ts";

const GT = 0x3e;
const DASH = 0x2d;
const MARK = 0x21;
const QUERY = 0x3f;

/**
 * Goes past one comment or processing instruction whose `<` is at the cursor; stays when something
 * else begins there.
 */
export function pastAside(bytes: Uint8Array, cursor: Cursor): void {
  const at = cursor.at;
  if (bytes[at + 1] === QUERY) instruction(bytes, cursor);
  else if (bytes[at + 1] === MARK && bytes[at + 2] === DASH && bytes[at + 3] === DASH)
    comment(bytes, cursor);
}

function comment(bytes: Uint8Array, cursor: Cursor): void {
  for (let dash = find(bytes, cursor.at + 4, DASH); dash >= 0; dash = find(bytes, dash + 1, DASH)) {
    if (bytes[dash + 1] !== DASH) continue;
    if (bytes[dash + 2] === GT) {
      cursor.at = dash + 3;
      return;
    }
    cursor.problem = "-- in a comment";
    cursor.at = dash;
    return;
  }
  cursor.problem = "a comment without an end";
}

function instruction(bytes: Uint8Array, cursor: Cursor): void {
  const from = cursor.at + 2;
  const end = nameEnd(bytes, from);
  if (end === from) {
    cursor.problem = "a processing instruction without a name";
    return;
  }
  if (end - from === 3 && text(bytes, from, end).toLowerCase() === "xml") {
    cursor.problem = "a declaration that is not first";
    return;
  }
  for (let mark = find(bytes, end, QUERY); mark >= 0; mark = find(bytes, mark + 1, QUERY)) {
    if (bytes[mark + 1] === GT) {
      cursor.at = mark + 2;
      return;
    }
  }
  cursor.problem = "a processing instruction without an end";
}
