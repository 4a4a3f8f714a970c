/**
 * What surrounds the elements of a document: its declaration and document type (XML 1.0 §2.8),
 * comments (§2.5) and processing instructions (§2.6). Nothing of it has a meaning for SyncML, but
 * what a document claims there must be true: the encoding is UTF-8 (§4.3.3), and a document type
 * declares nothing, because an entity would be a text that stands nowhere.
 */
import { find } from "../base/bytes.ts";
import { pastText, text } from "../base/utf8.ts";
import { attribute, type Cursor, nameEnd, pastSpace } from "./name.ts";

const LT = 0x3c;
const GT = 0x3e;
const DASH = 0x2d;
const MARK = 0x21;
const QUERY = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/** Longer than any value of a declaration that is taken. */
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
