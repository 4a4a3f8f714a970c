/**
 * A document of OMA Client Provisioning (OMA-WAP-ProvCont), from WBXML: characteristics with
 * parameters, one in another.
 *
 * Its elements have attributes and no text, which no document of SyncML has: hence a reader of its
 * own. Checked: header, one root, END for each element with content, depth, how many elements, how
 * much text. Literal names are refused.
 */
import { find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { CP_ELEMENTS_MAX, ELEMENT_DEPTH_MAX, TABLE_TEXT_BYTES_MAX } from "../base/limits.ts";
import { text } from "../base/utf8.ts";
import type { Malformed } from "../syncml/command.ts";
import { ATTRIBUTES_BIT, CODE_MASK, CODE_MIN, CONTENT_BIT, Global } from "../wbxml/global.ts";
import { type Family, header } from "../wbxml/prolog.ts";
import { type Cursor, number } from "../wbxml/number.ts";
import {
  CP_CHARACTERISTIC,
  CP_DOCUMENT,
  CP_NAME,
  CP_PARAMETER,
  CP_TYPE_FROM,
  CP_VALUE,
  CP_VERSION,
  CP_VERSION_1_0,
  type CpCodes,
  W7_CODES,
} from "./cpcodes.ts";

/** A characteristic, in the order of the document: those in it follow it and are deeper. */
export interface Characteristic {
  readonly type: string;
  /** 1 below the root. */
  readonly depth: number;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const FAMILY: Family = frozen({ ids: [0x01, 0x0b], names: ["-//WAPFORUM//DTD PROV "] });

/** Starts of attributes whose value follows whole, or is of no interest. */
const PLAIN: readonly number[] = frozen([
  CP_NAME,
  CP_VALUE,
  CP_VERSION,
  CP_VERSION_1_0,
  CP_TYPE_FROM,
]);

interface Open {
  readonly tag: number;
  readonly parameters: (readonly [name: string, value: string])[];
}

interface Attributes {
  name: string;
  value: string;
  type: string;
}

/**
 * The characteristics of a whole document. What `codes` does not have is "", or, `strict`,
 * malformed.
 */
export function readCp(
  bytes: Uint8Array,
  codes: CpCodes = W7_CODES,
  strict = false,
): readonly Characteristic[] | Malformed {
  const reader = new CpReader(bytes, codes, strict);
  reader.read();
  return reader.problem === ""
    ? reader.characteristics
    : { problem: reader.problem, offset: reader.offset };
}

class CpReader {
  readonly characteristics: Characteristic[] = [];
  problem = "";
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #codes: CpCodes;
  readonly #strict: boolean;
  readonly #cursor: Cursor = { at: 0, problem: "" };
  readonly #open: Open[] = [];
  /** The string table, a view. */
  #table: Uint8Array;
  /** The code page of attributes. */
  #page = 0;
  #elements = 0;
  #textLeft = TABLE_TEXT_BYTES_MAX;

  constructor(bytes: Uint8Array, codes: CpCodes, strict: boolean) {
    this.#bytes = bytes;
    this.#codes = codes;
    this.#strict = strict;
    this.#table = bytes.subarray(0, 0);
  }

  read(): void {
    const table = header(this.#bytes, this.#cursor, FAMILY);
    if (table === undefined) this.#fail(this.#cursor.problem);
    else this.#table = this.#bytes.subarray(table.from, table.to);
    do this.#next();
    while (this.problem === "" && this.#open.length > 0);
    if (this.#cursor.at < this.#bytes.length) this.#fail("more than one root element");
  }

  #fail(problem: string): void {
    if (this.problem !== "") return;
    this.problem = problem;
    this.offset = Math.min(this.#cursor.at, this.#bytes.length);
  }

  #next(): void {
    if (this.problem !== "") return;
    const token = this.#bytes[this.#cursor.at];
    const root = this.#open.length === 0;
    if (token === undefined)
      this.#fail(root ? "no root element" : "the document ends inside an element");
    else if (token === Global.end && !root) {
      this.#cursor.at++;
      this.#open.pop();
    } else if (
      token === Global.strI ||
      token === Global.strT ||
      token === Global.entity ||
      token === Global.opaque
    )
      this.#piece();
    else if ((token & CODE_MASK) < CODE_MIN)
      this.#fail(token === Global.switchPage ? "a code page that has no tags" : "a refused token");
    else this.#element(token, root);
  }

  #element(token: number, root: boolean): void {
    const tag = token & CODE_MASK;
    const above = this.#open[this.#open.length - 1];
    const known = root ? tag === CP_DOCUMENT : tag === CP_CHARACTERISTIC || tag === CP_PARAMETER;
    if (!known) this.#fail(root ? "not a provisioning document" : "an element that no DTD has");
    if (this.#open.length >= ELEMENT_DEPTH_MAX) this.#fail("too many open elements");
    if (++this.#elements > CP_ELEMENTS_MAX) this.#fail("too many elements");
    if (this.problem !== "") return;
    this.#cursor.at++;
    const { name, value, type } = this.#attributes((token & ATTRIBUTES_BIT) !== 0);
    const parameters: (readonly [string, string])[] = [];
    if (tag === CP_CHARACTERISTIC)
      this.characteristics.push({ type, depth: this.#open.length, parameters });
    if (tag === CP_PARAMETER) above?.parameters.push([name, value]);
    if ((token & CONTENT_BIT) !== 0) this.#open.push({ tag, parameters });
  }

  #attributes(has: boolean): Attributes {
    const attributes: Attributes = { name: "", value: "", type: "" };
    let current: keyof Attributes | undefined;
    while (has && this.problem === "") {
      const token = this.#bytes[this.#cursor.at];
      if (token === undefined) this.#fail("the document ends inside an element");
      else if (token === Global.end) {
        this.#cursor.at++;
        break;
      } else if (token === Global.switchPage) {
        this.#page = this.#bytes[this.#cursor.at + 1] ?? 0;
        this.#cursor.at += 2;
      } else if (
        token === Global.strI ||
        token === Global.strT ||
        token === Global.entity ||
        token === Global.opaque
      ) {
        const part = this.#piece();
        if (current !== undefined) attributes[current] += part;
      } else if ((token & CODE_MASK) < CODE_MIN) this.#fail("a refused token");
      else {
        const word = this.#codes.get((this.#page << 8) | token);
        if (this.#strict && word === undefined && !PLAIN.includes(token))
          this.#fail("a code that no table has");
        this.#cursor.at++;
        if ((token & 0x80) === 0) current = attributeOf(token);
        if (current !== undefined) attributes[current] += word ?? "";
      }
    }
    return attributes;
  }

  /** A string, a character or opaque bytes at the cursor, as text. */
  #piece(): string {
    const bytes = this.#bytes;
    const cursor = this.#cursor;
    const kind = bytes[cursor.at++];
    if (kind === Global.strI) {
      const from = cursor.at;
      const end = find(bytes, from, 0);
      if (end >= 0) cursor.at = end + 1;
      return this.#text(bytes, from, end);
    }
    const value = number(bytes, cursor);
    const from = cursor.at;
    if (cursor.problem !== "") this.#fail(cursor.problem);
    if (kind === Global.entity) return this.#character(value);
    if (kind === Global.opaque) {
      cursor.at = Math.min(from + value, bytes.length);
      return this.#text(bytes, from, from + value <= bytes.length ? from + value : -1);
    }
    const table = this.#table;
    const end = value < table.length ? find(table, value, 0) : -1;
    return this.#text(table, value, end < 0 && value < table.length ? table.length : end);
  }

  #character(code: number): string {
    if (code > 0 && code < 0x80) return String.fromCharCode(code);
    this.#fail("a character reference past ASCII");
    return "";
  }

  #text(bytes: Uint8Array, from: number, to: number): string {
    this.#textLeft -= Math.max(0, to - from);
    if (to < from) this.#fail("a string without an end");
    if (this.#textLeft < 0) this.#fail("too much text");
    if (this.problem !== "") return "";
    try {
      return text(bytes, from, to);
    } catch {
      this.#fail("not UTF-8");
      return "";
    }
  }
}

/** The attribute that begins with that code; undefined: one that is of no interest. */
function attributeOf(code: number): keyof Attributes | undefined {
  if (code === CP_VALUE) return "value";
  if (code >= CP_TYPE_FROM) return "type";
  return code === CP_VERSION || code === CP_VERSION_1_0 ? undefined : "name";
}
