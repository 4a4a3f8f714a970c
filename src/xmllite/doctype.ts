/**
 * The document type declaration (XML 1.0 §2.8): read over, for what it names is never fetched. It
 * may say where the DTD is, and hold comments and processing instructions. One that declares
 * anything is refused: an entity would be a text that stands nowhere.
 */
import { find } from "../base/bytes.ts";
import { pastText } from "../base/utf8.ts";
import { pastAside } from "./aside.ts";
import { type Cursor, nameEnd, pastSpace } from "./name.ts";

const LT = 0x3c;
const GT = 0x3e;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/**
 * Goes past a document type declaration whose `<` is at the cursor; stays when something else
 * begins there. Sets `problem` when it is broken, or declares something.
 */
export function pastDoctype(bytes: Uint8Array, cursor: Cursor): void {
  const keyword = pastText(bytes, cursor.at, "<!DOCTYPE");
  if (keyword < 0) return;
  const name = pastSpace(bytes, keyword);
  const nameAfter = nameEnd(bytes, name);
  if (name === keyword || nameAfter === name) {
    stop(cursor, "a document type without a name", name);
    return;
  }
  cursor.at = nameAfter;
  externalID(bytes, cursor);
  if (cursor.problem !== "") return;
  cursor.at = pastSpace(bytes, cursor.at);
  if (bytes[cursor.at] === OPENING) {
    cursor.at++;
    subset(bytes, cursor);
    if (cursor.problem !== "") return;
    cursor.at = pastSpace(bytes, cursor.at);
  }
  if (bytes[cursor.at] === GT) cursor.at++;
  else stop(cursor, "a document type that does not end with >", cursor.at);
}

/**
 * `SYSTEM "where"` or `PUBLIC "what" "where"` with the space before it, if there is one (§4.2.2).
 */
function externalID(bytes: Uint8Array, cursor: Cursor): void {
  const from = pastSpace(bytes, cursor.at);
  const shared = pastText(bytes, from, "PUBLIC");
  const after = shared < 0 ? pastText(bytes, from, "SYSTEM") : shared;
  if (after < 0 || from === cursor.at) return;
  cursor.at = after;
  if (shared >= 0) literal(bytes, cursor);
  if (cursor.problem === "") literal(bytes, cursor);
}

function literal(bytes: Uint8Array, cursor: Cursor): void {
  const from = pastSpace(bytes, cursor.at);
  const quote = bytes[from] ?? 0;
  if (from === cursor.at || (quote !== QUOTE && quote !== APOSTROPHE)) {
    stop(cursor, "a document type without its identifier in quotes", from);
    return;
  }
  const end = find(bytes, from + 1, quote);
  if (end < 0) stop(cursor, "a document type with an identifier that does not end", from);
  else cursor.at = end + 1;
}

/** Comments, processing instructions and white space, and the bracket behind them (§2.8). */
function subset(bytes: Uint8Array, cursor: Cursor): void {
  for (;;) {
    const at = pastSpace(bytes, cursor.at);
    cursor.at = at;
    if (bytes[at] === CLOSING) {
      cursor.at++;
      return;
    }
    if (bytes[at] === LT) pastAside(bytes, cursor);
    if (cursor.problem !== "") return;
    if (cursor.at !== at) continue;
    stop(cursor, "a document type with declarations is refused", at);
    return;
  }
}

function stop(cursor: Cursor, problem: string, at: number): void {
  cursor.problem = problem;
  cursor.at = at;
}
