/** The WBXML writer: page switches, strings, opaque bytes, and what a full buffer leaves behind. */
import { hex } from "../../../src/base/bytes.ts";
import { ELEMENT_DEPTH_MAX } from "../../../src/base/limits.ts";
import type { Vocabulary } from "../../../src/base/token.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";
import { equal, ok, test, throws } from "../../check.ts";

const VOCABULARY: Vocabulary = {
  tags: new Map(),
  pages: [
    {
      namespace: "urn:zero",
      names: [undefined, undefined, undefined, undefined, undefined, "a", "b"],
    },
    {
      namespace: "urn:one",
      names: [undefined, undefined, undefined, undefined, undefined, "Type", "Size"],
    },
  ],
};
const A = 5;
const B = 6;
const TYPE = 0x105;
const SIZE = 0x106;
const HEAD = "02a4016a00";

/** What is written after the header, in hexadecimal digits. */
function written(length: number, body: (writer: WbxmlWriter) => void): string {
  const bytes = new Uint8Array(length);
  const writer = new WbxmlWriter(bytes, VOCABULARY);
  body(writer);
  const digits = hex(bytes.subarray(0, writer.length));
  ok(digits.startsWith(HEAD), digits);
  return digits.slice(HEAD.length);
}

test("the page is switched where the next element is on another one", () => {
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
    "45000145060378000100000601",
  );
});

test("an element without content is its tag alone", () => {
  equal(
    written(20, (writer) => {
      writer.open(A);
      writer.close();
    }),
    "05",
  );
  equal(
    written(20, (writer) => {
      writer.open(A);
      writer.text("");
      writer.utf8(utf8(""));
      writer.binary(utf8(""));
      writer.close();
    }),
    "05",
  );
  equal(
    written(20, (writer) => {
      writer.open(A);
      writer.open(B);
      writer.close();
      writer.close();
    }),
    "450601",
  );
});

test("characters are inline strings, and those with a NUL opaque bytes", () => {
  equal(
    written(40, (writer) => {
      writer.open(A);
      writer.text("a<é");
      writer.utf8(utf8("b"));
      writer.close();
    }),
    "4503613cc3a90003620001",
  );
  equal(
    written(40, (writer) => {
      writer.open(A);
      writer.utf8(new Uint8Array([0x61, 0]));
      writer.close();
    }),
    "45c302610001",
  );
});

test("binary is opaque bytes behind their number", () => {
  equal(
    written(40, (writer) => {
      writer.open(A);
      writer.binary(new Uint8Array([0, 1]));
      writer.close();
    }),
    "45c302000101",
  );
  for (const [count, length] of [
    [0, 2],
    [127, 129],
    [128, 131],
    [16383, 16386],
    [16384, 16388],
  ] as const) {
    equal(new WbxmlWriter(new Uint8Array(1), VOCABULARY).binaryLength(count), length);
  }
  const digits = written(16400, (writer) => {
    writer.open(A);
    writer.binary(new Uint8Array(16384));
    writer.close();
  });
  ok(digits.startsWith("45c381800000"), digits.slice(0, 20));
  equal(digits.length, (1 + 16388 + 1) * 2);
});

test("another header may be asked for", () => {
  const bytes = new Uint8Array(10);
  const writer = new WbxmlWriter(bytes, VOCABULARY, [3, 1, 0x6a, 0]);
  writer.open(A);
  writer.close();
  equal(hex(bytes.subarray(0, writer.length)), "03016a0005");
});

test("a write past the end changes nothing and is said, until the writer is wound back", () => {
  const bytes = new Uint8Array(16);
  const writer = new WbxmlWriter(bytes, VOCABULARY);
  writer.open(A);
  equal(writer.capacity, 16);
  const mark = writer.mark();
  const length = writer.length;
  writer.open(TYPE);
  writer.text("0123456");
  ok(writer.full);
  equal(writer.length, length + 3);
  writer.text("x");
  writer.utf8(utf8("x"));
  writer.close();
  writer.open(B);
  writer.binary(utf8("x"));
  equal(writer.length, length + 3, "nothing is written while it is full");
  writer.rewind(mark);
  ok(!writer.full);
  equal(writer.length, length);
  writer.open(B);
  writer.text("1234");
  writer.close();
  writer.close();
  ok(!writer.full);
  equal(
    hex(bytes.subarray(0, writer.length)),
    `${HEAD}45460331323334000101`,
    "the page is that of the mark too",
  );
});

test("a document of exactly the buffer's length fits, and of one less does not", () => {
  const parts: readonly ((writer: WbxmlWriter) => void)[] = [
    (writer) => {
      writer.open(TYPE);
    },
    (writer) => {
      writer.text("ab");
    },
    (writer) => {
      writer.utf8(utf8("ab"));
    },
    (writer) => {
      writer.binary(utf8("ab"));
    },
    (writer) => {
      writer.text("a");
      writer.close();
    },
  ];
  for (const part of parts) {
    const body = (writer: WbxmlWriter): void => {
      writer.open(A);
      part(writer);
    };
    const length = HEAD.length / 2 + written(99, body).length / 2;
    const exact = new WbxmlWriter(new Uint8Array(length), VOCABULARY);
    const short = new WbxmlWriter(new Uint8Array(length - 1), VOCABULARY);
    body(exact);
    body(short);
    ok(!exact.full && exact.length === length);
    ok(short.full && short.length < length);
  }
  const none = new WbxmlWriter(new Uint8Array(HEAD.length / 2), VOCABULARY);
  none.open(A);
  ok(none.full && none.length === 0, "nor is half a header written");
});

test("too deep, a close without an open or a nameless tag breaks an invariant", () => {
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
  throws(() =>
    written(20, (writer) => {
      writer.open(0x3f);
    }),
  );
});

test("a leaf is what open, text and close write, or nothing at all when it does not fit", () => {
  for (const value of ["", "x", "é€😀 0123456789"]) {
    for (const tag of [B, TYPE]) {
      const parts = new Uint8Array(200);
      const whole = new WbxmlWriter(parts, VOCABULARY);
      whole.open(A);
      const start = whole.length;
      whole.open(tag);
      whole.text(value);
      whole.close();
      for (let room = start; room <= whole.length + 1; room++) {
        const bytes = new Uint8Array(room);
        const writer = new WbxmlWriter(bytes, VOCABULARY);
        writer.open(A);
        writer.leaf(tag, value);
        equal(writer.full, room < whole.length);
        equal(
          hex(bytes.subarray(0, writer.length)),
          hex(parts.subarray(0, writer.full ? start : whole.length)),
        );
      }
      const { length } = whole;
      whole.leaf(tag, "y");
      whole.leaf(A, "z");
      whole.close();
      const rest = hex(parts.subarray(length, whole.length));
      equal(
        rest,
        tag === B ? "4603790001" + "45037a0001" + "01" : "4503790001" + "000045037a0001" + "01",
      );
    }
  }
});
