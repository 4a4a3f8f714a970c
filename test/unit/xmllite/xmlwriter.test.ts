/** The XML writer: namespaces, escaping, and what a full buffer leaves behind. */
import { ELEMENT_DEPTH_MAX } from "../../../src/base/limits.ts";
import type { Vocabulary } from "../../../src/base/token.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { XmlWriter } from "../../../src/xmllite/xmlwriter.ts";
import { equal, ok, test, throws } from "../../check.ts";

const VOCABULARY: Vocabulary = {
  tags: new Map(),
  pages: [
    { namespace: "urn:zero", names: ["a", "b"] },
    { namespace: "urn:one", names: ["Type", "Size"] },
  ],
};
const A = 0;
const B = 1;
const TYPE = 0x100;
const SIZE = 0x101;

function written(length: number, body: (writer: XmlWriter) => void): string {
  const bytes = new Uint8Array(length);
  const writer = new XmlWriter(bytes, VOCABULARY);
  body(writer);
  return text(bytes, 0, writer.length);
}

test("the namespace stands on each element whose page is not its parent's", () => {
  equal(
    written(200, (writer) => {
      writer.open(A);
      writer.open(TYPE);
      writer.open(SIZE);
      writer.close();
      writer.text("x");
      writer.close();
      writer.open(B);
      writer.close();
      writer.close();
    }),
    '<a xmlns="urn:zero"><Type xmlns="urn:one"><Size/>x</Type><b/></a>',
  );
});

test("a text that is a document goes into CDATA, if CDATA can hold it", () => {
  const inside = (value: string): string =>
    written(200, (writer) => {
      writer.open(A);
      writer.text(value);
      writer.close();
    });
  equal(inside("<tree>a & b</tree>"), '<a xmlns="urn:zero"><![CDATA[<tree>a & b</tree>]]></a>');
  for (const value of ["<tree>a ]]> b</tree>", "<tree>a \r b</tree>"])
    ok(!inside(value).includes("CDATA"));
  const writer = new XmlWriter(new Uint8Array(40), VOCABULARY);
  writer.open(A);
  const { length } = writer;
  writer.text("<tree>a & b</tree>");
  ok(writer.full && writer.length === length);
});

test("markup in text is escaped, and so is CR", () => {
  equal(
    written(100, (writer) => {
      writer.open(A);
      writer.text("a<b&&c]]>d\re\n\"'é");
      writer.close();
    }),
    '<a xmlns="urn:zero">a&lt;b&amp;&amp;c]]&gt;d&#13;e\n"\'é</a>',
  );
  equal(
    written(100, (writer) => {
      writer.open(A);
      writer.utf8(utf8("<"));
      writer.utf8(utf8(""));
      writer.close();
    }),
    '<a xmlns="urn:zero">&lt;</a>',
  );
});

test("binary is base64", () => {
  equal(
    written(100, (writer) => {
      writer.open(A);
      writer.binary(utf8("Bruce2:OhBehave"));
      writer.close();
    }),
    '<a xmlns="urn:zero">QnJ1Y2UyOk9oQmVoYXZl</a>',
  );
  equal(new XmlWriter(new Uint8Array(1), VOCABULARY).binaryLength(4), 8);
});

test("a write past the end changes nothing and is said, until the writer is wound back", () => {
  const bytes = new Uint8Array(40);
  const writer = new XmlWriter(bytes, VOCABULARY);
  writer.open(A);
  equal(writer.capacity, 40);
  const mark = writer.mark();
  const length = writer.length;
  writer.open(B);
  writer.text("0123456789ABC&");
  ok(writer.full);
  const before = writer.length;
  writer.text("x");
  writer.close();
  writer.open(B);
  writer.binary(utf8("x"));
  equal(writer.length, before, "nothing is written while it is full");
  writer.rewind(mark);
  ok(!writer.full);
  equal(writer.length, length);
  writer.text("1");
  writer.close();
  equal(text(bytes, 0, writer.length), '<a xmlns="urn:zero">1</a>');
});

test("a document of exactly the buffer's length fits, and of one more does not", () => {
  const body = (writer: XmlWriter): void => {
    writer.open(A);
    writer.open(B);
    writer.close();
    writer.text("&");
    writer.close();
  };
  const length = '<a xmlns="urn:zero"><b/>&amp;</a>'.length;
  equal(written(length, body).length, length);
  const writer = new XmlWriter(new Uint8Array(length - 1), VOCABULARY);
  body(writer);
  ok(writer.full);
});

test("an empty element whose end does not fit is left open", () => {
  const writer = new XmlWriter(new Uint8Array('<a xmlns="urn:zero">'.length), VOCABULARY);
  writer.open(A);
  ok(!writer.full);
  writer.close();
  ok(writer.full);
  equal(writer.length, writer.capacity);
});

test("an element past the depth limit, or a close without an open, is a broken invariant", () => {
  throws(() =>
    written(2000, (writer) => {
      for (let i = 0; i <= ELEMENT_DEPTH_MAX; i++) writer.open(B);
    }),
  );
  ok(
    written(2000, (writer) => {
      for (let i = 0; i < ELEMENT_DEPTH_MAX; i++) writer.open(B);
    }).length > 0,
  );
  throws(() =>
    written(20, (writer) => {
      writer.close();
    }),
  );
});

test("a leaf is what open, text and close write, or nothing at all when it does not fit", () => {
  for (const value of [
    "",
    "x",
    "é€😀",
    "a<b",
    "x&",
    "\r",
    "]]>",
    "<tree>of a document</tree>",
    "<tree>]]></tree>",
  ]) {
    for (const tag of [B, TYPE]) {
      const parts = new Uint8Array(200);
      const whole = new XmlWriter(parts, VOCABULARY);
      whole.open(A);
      whole.open(tag);
      whole.text(value);
      whole.close();
      const start = '<a xmlns="urn:zero">'.length;
      for (let room = start; room <= whole.length + 1; room++) {
        const bytes = new Uint8Array(room);
        const writer = new XmlWriter(bytes, VOCABULARY);
        writer.open(A);
        writer.leaf(tag, value);
        equal(writer.full, room < whole.length);
        equal(text(bytes, 0, writer.length), text(parts, 0, writer.full ? start : whole.length));
      }
      whole.leaf(tag, value);
      whole.close();
      ok(text(parts, 0, whole.length).endsWith("</a>"));
    }
  }
});
