/**
 * What a device would refuse before it has read anything, made readable: other character sets, and
 * document types with declarations. Offsets of what follows count the bytes that result.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import { encodingOf } from "../../../src/session/encoding.ts";
import { latin1Text } from "./bytetext.ts";
import type { Problem } from "./transcode.ts";

export interface Source {
  readonly source: Uint8Array;
  readonly problems: readonly Problem[];
}

const SPACE = 0x20;
const LT = 0x3c;
/** With these, in either case, nothing has to be done. */
const UTF8_NAMES = ["utf-8", "us-ascii"];

/** The document in UTF-8, without a document type, and what was in the way of a device. */
export function readableSource(document: Uint8Array): Source {
  const wide = wideCharacters(document);
  if (wide === undefined && encodingOf(document, document.length) === "wbxml")
    return { source: document, problems: [] };
  const first = wide ?? declared(document);
  const second = withoutDoctype(first.source);
  return { source: second.source, problems: [...first.problems, ...second.problems] };
}

/** UTF-16, with or without a byte order mark; undefined: it is none. */
function wideCharacters(document: Uint8Array): Source | undefined {
  const [a = -1, b = -1] = document;
  const bigEndian = (a === 0xfe && b === 0xff) || (a === 0 && b === LT);
  const littleEndian = (a === 0xff && b === 0xfe) || (a === LT && b === 0);
  if (!bigEndian && !littleEndian) return undefined;
  const name = bigEndian ? "utf-16be" : "utf-16le";
  const text = new TextDecoder(name).decode(document);
  const { source } = declared(utf8(text));
  return { source, problems: [{ offset: 0, reason: `${name}, where a device reads UTF-8` }] };
}

/**
 * A document whose declaration names another character set than UTF-8: read as that one, or as
 * UTF-8 where it is that after all.
 */
function declared(document: Uint8Array): Source {
  const text = latin1Text(document);
  const found = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["'][^>]*\?>/.exec(
    text,
  );
  const [declaration = "", name = "utf-8"] = found ?? [];
  if (UTF8_NAMES.includes(name.toLowerCase())) return { source: document, problems: [] };
  const problem = { offset: 0, reason: `it names the character set ${name}: a device reads UTF-8` };
  const rest = document.slice().fill(SPACE, 0, declaration.length);
  return { source: isUtf8(rest) ? rest : decoded(rest, name), problems: [problem] };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The bytes in UTF-8; as they are when nobody knows the character set. */
function decoded(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return utf8(new TextDecoder(name).decode(bytes));
  } catch {
    return bytes;
  }
}

/** A document type declaration made white space, so that offsets stay. */
function withoutDoctype(document: Uint8Array): Source {
  const found = /<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>/.exec(latin1Text(document));
  if (found === null) return { source: document, problems: [] };
  const [type] = found;
  const source = document.slice().fill(SPACE, found.index, found.index + type.length);
  const declares = /<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)|%/.exec(type);
  if (declares === null) return { source, problems: [] };
  const offset = found.index + declares.index;
  return { source, problems: [{ offset, reason: "a document type with declarations is refused" }] };
}
