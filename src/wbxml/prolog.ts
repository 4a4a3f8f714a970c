/**
 * What stands before the root element (WBXML 1.3 §5.4 to §5.7): version, public identifier,
 * character set, string table.
 *
 * Real servers put any identifier of the SyncML family into the header of a DM message, as a number
 * or in the string table: it says whose code pages are meant and no more; VerDTD and VerProto say
 * what the message is.
 */
import { frozen } from "../base/frozen.ts";
import { text } from "../base/utf8.ts";
import { type Cursor, number } from "./number.ts";

/** Where the string table is: bytes[from, to). Its last string may lack the NUL. */
export interface StringTable {
  readonly from: number;
  readonly to: number;
}

/** Version 1.2, the number of SyncML 1.2, UTF-8, no string table. */
export const SYNCML_HEADER: readonly number[] = frozen([0x02, 0xa4, 0x01, 0x6a, 0x00]);

/**
 * "-//OMA//DTD-DM-DDF 1.2//EN" and its NUL: the name of the description of trees, which has no
 * number (OMA-TS-DM-TND §8.6.1).
 */
const DDF_NAME: readonly number[] = frozen([
  0x2d, 0x2f, 0x2f, 0x4f, 0x4d, 0x41, 0x2f, 0x2f, 0x44, 0x54, 0x44, 0x2d, 0x44, 0x4d, 0x2d, 0x44,
  0x44, 0x46, 0x20, 0x31, 0x2e, 0x32, 0x2f, 0x2f, 0x45, 0x4e, 0x00,
]);
/** Version 1.2, a public identifier that stands at 0 of the string table, UTF-8. */
export const DDF_HEADER: readonly number[] = frozen([
  0x02,
  0x00,
  0x00,
  0x6a,
  DDF_NAME.length,
  ...DDF_NAME,
]);

/** 1.1 to 1.3. Version 1.0 has no character set. */
const VERSION_MIN = 1;
const VERSION_MAX = 3;
/**
 * Which documents have the same code pages: numbers of their DTDs, and how the names of those
 * begin, where they are text.
 */
export interface Family {
  readonly ids: readonly number[];
  readonly names: readonly string[];
}

/**
 * Unknown; SyncML and DevInf 1.0, 1.1; SyncML, MetInf and DevInf 1.2. The DTD of the tree
 * description has no number.
 */
const SYNCML_FAMILY: Family = frozen({
  ids: [0x01, 0x0fd1, 0x0fd2, 0x0fd3, 0x0fd4, 0x1201, 0x1202, 0x1203],
  names: ["-//SYNCML//DTD ", "-//OMA//DTD-DM-DDF ", "-//OMA//DTD-SYNCML-"],
});
/**
 * Registered numbers of character sets: unknown, for which the media type says UTF-8, US-ASCII,
 * UTF-8.
 */
const CHARSETS: readonly number[] = frozen([0, 3, 106]);

/** Reads the header at the cursor, which goes past it; undefined when `problem` has been set. */
export function header(
  bytes: Uint8Array,
  cursor: Cursor,
  family: Family = SYNCML_FAMILY,
): StringTable | undefined {
  const version = bytes[cursor.at] ?? 0;
  if (version < VERSION_MIN || version > VERSION_MAX) return stop(cursor, "not WBXML 1.1 to 1.3");
  cursor.at++;
  const idAt = cursor.at;
  const id = number(bytes, cursor);
  const name = id === 0 ? number(bytes, cursor) : 0;
  const charset = number(bytes, cursor);
  const length = number(bytes, cursor);
  const from = cursor.at;
  const to = from + length;
  if (cursor.problem !== "") return undefined;
  if (to > bytes.length) return stop(cursor, "a string table past the end of the document");
  if (!CHARSETS.includes(charset)) return stop(cursor, "a character set other than UTF-8");
  if (id === 0 ? !known(bytes, from + name, to, family) : !family.ids.includes(id)) {
    cursor.at = idAt;
    return stop(cursor, "a document of another kind");
  }
  cursor.at = to;
  return { from, to };
}

/**
 * True when the text at `at` of the string table begins like the name of a DTD whose code pages
 * these are.
 */
function known(bytes: Uint8Array, at: number, tableEnd: number, { names }: Family): boolean {
  return names.some((name) => {
    try {
      return at + name.length <= tableEnd && text(bytes, at, at + name.length) === name;
    } catch {
      return false;
    }
  });
}

function stop(cursor: Cursor, problem: string): undefined {
  cursor.problem = problem;
  return undefined;
}
