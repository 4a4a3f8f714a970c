/** The WBXML tokenizer: what it gives for what it is fed, and what it refuses. */
import { fromHex } from "../../../src/base/bytes.ts";
import { ELEMENT_DEPTH_MAX, TABLE_TEXT_BYTES_MAX } from "../../../src/base/limits.ts";
import { Token, type Vocabulary } from "../../../src/base/token.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { WbxmlReader } from "../../../src/wbxml/wbxmlreader.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { traceOf } from "../base/leaves.ts";

const VOCABULARY: Vocabulary = {
  tags: new Map(),
  pages: [
    {
      namespace: "urn:zero",
      names: [undefined, undefined, undefined, undefined, undefined, "a", "b", "Data"],
    },
    {
      namespace: "urn:one",
      names: [undefined, undefined, undefined, undefined, undefined, "Type"],
    },
  ],
};
const HEAD = "02a4016a00";

/**
 * `<name` for an open, `>` and the tag for a close, `'text`, `#` and bytes for opaque, `!problem`;
 * offsets behind @ on demand.
 */
function tokens(bytes: Uint8Array, offsets = false): string {
  const reader = new WbxmlReader(bytes, bytes.length, VOCABULARY);
  let log = "";
  for (;;) {
    const kind = reader.next();
    const at = offsets ? `@${reader.offset}` : "";
    if (kind === Token.open) log += `<${reader.name()}${reader.tag === 0 ? "?" : ""}${at} `;
    else if (kind === Token.close) log += `>${reader.tag}${at} `;
    else if (kind === Token.text && reader.opaque)
      log += `#${[...reader.bytes.subarray(reader.from, reader.to)].join(",")}${at} `;
    else if (kind === Token.text) log += `'${text(reader.bytes, reader.from, reader.to)}${at} `;
    else if (kind === Token.end) return `${log}.${at}`;
    else {
      equal(reader.next(), Token.error, "an error stays");
      return `${log}!${reader.problem}${at}`;
    }
  }
}

function bytesOf(digits: string): Uint8Array {
  const bytes = fromHex(digits.replaceAll(" ", ""));
  ok(bytes !== undefined, digits);
  return bytes;
}

/** The tokens of a document in hexadecimal digits; spaces are left out. */
function of(digits: string): string {
  return tokens(bytesOf(digits));
}

function refused(digits: string, problem: string): void {
  const log = of(digits);
  ok(log.endsWith(`!${problem}`), `${digits} gives ${log}`);
}

/** A document with this string table, whose root has this content. */
function withTable(table: Uint8Array, content: string): Uint8Array {
  const length =
    table.length < 128
      ? [table.length]
      : [0x80 | (table.length >> 14), 0x80 | ((table.length >> 7) & 127), table.length & 127];
  return new Uint8Array([
    ...bytesOf("02a4016a"),
    ...length,
    ...table,
    0x45,
    ...bytesOf(content),
    1,
  ]);
}

test("elements, inline strings and empty elements become tokens with offsets", () => {
  equal(
    tokens(bytesOf(`${HEAD} 45 46 03 6f6e65 00 01 07 01`), true),
    "<a@5 <b@6 'one@7 >6@12 <Data@13 >7@13 >5@14 .@15",
  );
});

test("a code page stays in force past the end of an element, until the next switch", () => {
  equal(of(`${HEAD} 45 0001 45 01 05 0000 05 01`), "<a <Type >261 <Type >261 <a >5 >5 .");
});

test("a code that the vocabulary lacks is tag 0, on known and unknown pages", () => {
  equal(
    of(`${HEAD} 45 3f 0009 45 03 78 00 01 01`),
    "<a <page-0-code-3f? >0 <page-9-code-5? 'x >0 >5 .",
  );
});

test("versions 1.1 to 1.3 are read, others are not", () => {
  for (const version of ["01", "02", "03"]) equal(of(`${version} a4016a00 05`), "<a >5 .");
  for (const version of ["00", "04", "3c"])
    refused(`${version} a4016a00 05`, "not WBXML 1.1 to 1.3");
  refused("", "not WBXML 1.1 to 1.3");
});

test("the public identifiers of the SyncML family are accepted, as numbers and as text", () => {
  for (const id of ["01", "9f51", "9f52", "9f53", "9f54", "a401", "a402", "a403"])
    equal(of(`02 ${id} 6a 00 05`), "<a >5 .");
  for (const id of ["02", "0b", "a404"]) refused(`02 ${id} 6a 00 05`, "a document of another kind");
  for (const name of ["-//SYNCML//DTD SyncML 1.1//EN", "-//OMA//DTD-DM-DDF 1.2//EN"]) {
    equal(
      tokens(new Uint8Array([2, 0, 0, 0x6a, name.length, ...utf8(name), 5])),
      "<a >5 .",
      "the table's last string needs no NUL",
    );
    equal(
      tokens(new Uint8Array([2, 0, 1, 0x6a, name.length + 2, 0x78, ...utf8(name), 0, 5])),
      "<a >5 .",
    );
  }
  const other = utf8("-//WAPFORUM//DTD WML 1.1//EN");
  equal(
    tokens(new Uint8Array([2, 0, 0, 0x6a, other.length, ...other, 5])),
    "!a document of another kind",
  );
  refused("02 00 09 6a 02 6100 05", "a document of another kind");
  refused("02 00 00 6a 00 05", "a document of another kind");
});

test("UTF-8, ASCII and no character set at all are accepted, others are not", () => {
  for (const charset of ["6a", "03", "00"]) equal(of(`02a401 ${charset} 00 05`), "<a >5 .");
  for (const charset of ["04", "8768"])
    refused(`02a401 ${charset} 00 05`, "a character set other than UTF-8");
});

test("a string table ends within the document", () => {
  equal(of("02a4016a 02 6100 05"), "<a >5 .");
  refused("02a4016a 02 6100", "no root element");
  refused("02a4016a 04 6100 05", "a string table past the end of the document");
});

test("numbers have at most five bytes and 32 bits", () => {
  equal(of(`${HEAD} 45 c3 80808001 78 01`), "<a #120 >5 .");
  equal(of(`${HEAD} 45 c3 8080808001 78 01`), "<a #120 >5 .");
  refused(`${HEAD} 45 c3 808080808001 78 01`, "a number past 32 bits");
  refused(`${HEAD} 45 c3 9080808000 78 01`, "a number past 32 bits");
  refused(`${HEAD} 45 c3 8fffffff7f 78 01`, "opaque bytes past the end of the document");
  refused(`${HEAD} 45 c3 80`, "the document ends in a number");
});

test("opaque bytes are no characters, may be anything, and end within the document", () => {
  equal(of(`${HEAD} 45 c3 03 00ff01 01`), "<a #0,255,1 >5 .");
  equal(of(`${HEAD} 45 c3 00 01`), "<a >5 .", "none at all are no text");
  equal(of(`${HEAD} 45 03 61 00 c3 01 62 01`), "<a 'a #98 >5 .");
  refused(`${HEAD} 45 c3 02 00`, "opaque bytes past the end of the document");
});

test("strings, entities and strings of the table are one text", () => {
  const joined = tokens(
    withTable(utf8("zero\0one\0two"), "03 2d00 83 05 0226 02 8161 02 84c02c 02 87e800 0300 83 09"),
  );
  equal(joined, "<a '-one&á\u{1202c}\u{1f400}two >5 .");
  equal(of(`${HEAD} 45 03 6100 0226 03 6200 02 813d 03 63 00 01`), "<a 'a&b½c >5 .");
  equal(of(`${HEAD} 45 0226 01`), "<a '& >5 .");
  equal(
    of(`${HEAD} 45 03 6100 0001 03 6200 05 01`),
    "<a 'ab <Type >261 >5 .",
    "a page switch does not divide it",
  );
  equal(of(`${HEAD} 45 03 00 01`), "<a >5 .", "an empty one is none");
});

test("whoever decodes a string of the table in place leaves it whole for others", () => {
  const bytes = withTable(utf8("twice\0"), "46 83 00 01 46 83 00 01");
  const reader = new WbxmlReader(bytes, bytes.length, VOCABULARY);
  const seen: string[] = [];
  for (let kind = reader.next(); kind !== Token.end; kind = reader.next()) {
    if (kind !== Token.text) continue;
    seen.push(text(reader.bytes, reader.from, reader.to));
    reader.bytes.fill(0x78, reader.from, reader.to);
  }
  deepEqual(seen, ["twice", "twice"]);
});

test("what strings of the table come to is bounded", () => {
  const table = new Uint8Array(TABLE_TEXT_BYTES_MAX / 2).fill(0x61);
  const whole = withTable(table, "8300 05 8300");
  const reader = new WbxmlReader(whole, whole.length, VOCABULARY);
  let length = 0;
  for (let kind = reader.next(); kind !== Token.end; kind = reader.next()) {
    ok(kind !== Token.error, reader.problem);
    if (kind === Token.text) length += reader.to - reader.from;
  }
  equal(length, TABLE_TEXT_BYTES_MAX);
  const past = tokens(withTable(table, "46 8300 8300 01 83 9f7f"));
  ok(past.endsWith("!strings of the table come to too much"), past.slice(-60));
});

test("a string that the table does not have is refused, and a piece past its end too", () => {
  equal(tokens(withTable(utf8("abc"), "83 02")), "<a 'c >5 .");
  equal(tokens(withTable(utf8("abc"), "83 03")), "<a !a string that the table does not have");
  refused(`${HEAD} 45 83 00 01`, "a string that the table does not have");
});

test("text is characters: UTF-8, and entities that XML allows", () => {
  refused(`${HEAD} 45 03 ff00 01`, "not UTF-8");
  refused(`${HEAD} 45 03 c300 05 03 a100 01`, "not UTF-8");
  equal(of(`${HEAD} 45 03 c300 03 a100 01`), "<a 'á >5 .", "a character may be in two pieces");
  equal(tokens(withTable(new Uint8Array([0xff]), "83 00")), "<a !not UTF-8");
  for (const entity of ["00", "1f", "83b000", "83bf7f", "c48000", "8fffffff7f"]) {
    refused(`${HEAD} 45 02 ${entity} 01`, "an entity that is no character");
  }
});

test("what no DTD of SyncML has is refused", () => {
  for (const literal of ["04", "44", "84", "c4"])
    refused(`${HEAD} 45 ${literal} 00 01`, "literal tags are refused");
  for (const tag of ["85", "c5"])
    refused(`${HEAD} 45 ${tag} 05 01 01 01`, "attributes are refused");
  refused(`${HEAD} 45 43 05 01 01`, "processing instructions are refused");
  for (const extension of ["40", "41", "42", "80", "81", "82", "c0", "c1", "c2"]) {
    refused(`${HEAD} 45 ${extension} 00 01`, "extensions are refused");
  }
});

test("a document has one root, and all of it", () => {
  refused(HEAD, "no root element");
  refused(`${HEAD} 01`, "no root element");
  refused(`${HEAD} 03 6100`, "no root element");
  refused(`${HEAD} 00`, "the document ends in a page switch");
  refused(`${HEAD} 05 05`, "more than one root element");
  refused(`${HEAD} 45 01 01`, "more than one root element");
  refused(`${HEAD} 45`, "the document ends inside an element");
  refused(`${HEAD} 45 46 01`, "the document ends inside an element");
  refused(`${HEAD} 45 03 61`, "a string without an end");
  refused(`${HEAD} 45 00`, "the document ends in a page switch");
});

test("bytes past the given length are not read", () => {
  const bytes = bytesOf(`${HEAD} 05 ffff`);
  const reader = new WbxmlReader(bytes, bytes.length - 2, VOCABULARY);
  deepEqual([reader.next(), reader.next(), reader.next()], [Token.open, Token.close, Token.end]);
});

test("elements at the depth limit are read, one more is not", () => {
  ok(
    of(
      `${HEAD} ${"45".repeat(ELEMENT_DEPTH_MAX - 1)} 05 ${"01".repeat(ELEMENT_DEPTH_MAX - 1)}`,
    ).endsWith("."),
  );
  refused(`${HEAD} ${"45".repeat(ELEMENT_DEPTH_MAX)} 05`, "too many open elements");
});

const LEAVES: readonly (readonly [digits: string, leaves: number])[] = [
  ["45 03 6f6e65 00 01", 1],
  ["45 46 03 31 00 01 47 03 c3a9 00 01 46 03 00 01 06 46 01 01", 3],
  ["45 00 01 45 03 31 00 01 00 00 46 03 32 00 01 01", 2],
  ["45 46 03 31 00 03 32 00 01 46 c3 02 3132 01 46 02 31 01 46 83 00 01 01", 0],
  ["45 46 03 31 00 46 03 32 00 01 01 01", 1],
  ["45 46 03 ff 00 01 01", 0],
  ["45 46 00 01 03 31 00 01 01", 0],
];

test("a leaf is what text and end are one by one, or nothing has happened", () => {
  for (const [digits, leaves] of LEAVES) {
    // The string table is "x".
    const whole = bytesOf(`02a4016a 02 7800 ${digits}`);
    for (let length = 0; length <= whole.length; length++) {
      const [one, other] = [whole.slice(0, length), whole.slice(0, length)];
      const plain = traceOf(new WbxmlReader(one, length, VOCABULARY), false);
      const quick = traceOf(new WbxmlReader(other, length, VOCABULARY), true);
      equal(quick.text, plain.text, `${length} bytes of ${digits}`);
      if (length === whole.length) equal(quick.leaves, leaves, digits);
    }
  }
});
