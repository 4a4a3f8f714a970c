/** Strings and UTF-8 bytes (RFC 3629), src/base/utf8.ts. */
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { fromHex, hex } from "../../../src/base/bytes.ts";
import {
  checkUtf8,
  pastText,
  putElement,
  putText,
  putTexts,
  text,
  utf8,
} from "../../../src/base/utf8.ts";
import { Choices } from "../fuzz/choices.ts";

function bytesOf(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array(0);
}

const SAMPLES: readonly (readonly [value: string, digits: string])[] = [
  ["", ""],
  ["A", "41"],
  ["\u007f", "7f"],
  ["\u0080", "c280"],
  ["é", "c3a9"],
  ["\u07ff", "dfbf"],
  ["\u0800", "e0a080"],
  ["€", "e282ac"],
  ["\ud7ff", "ed9fbf"],
  ["\ue000", "ee8080"],
  ["\uffff", "efbfbf"],
  ["\ufeffx", "efbbbf78"],
  ["\u{10000}", "f0908080"],
  ["😀", "f09f9880"],
  ["\u{10ffff}", "f48fbfbf"],
  ["a😀é\n", "61f09f9880c3a90a"],
];

test("utf8 and text are inverse, at both ends of every length", () => {
  for (const [value, digits] of SAMPLES) {
    equal(hex(utf8(value)), digits);
    const bytes = bytesOf(digits);
    equal(text(bytes, 0, bytes.length), value);
  }
});

test("utf8 writes NUL as one byte, which text refuses", () => {
  deepEqual(utf8("a\u0000b"), Uint8Array.of(0x61, 0, 0x62));
  throws(() => text(Uint8Array.of(0x61, 0, 0x62), 0, 3), "TypeError");
  equal(text(Uint8Array.of(0x61, 0, 0x62), 2, 3), "b");
});

test("half a surrogate pair becomes U+FFFD, two halves in order are one character", () => {
  equal(hex(utf8("\ud83d")), "efbfbd");
  equal(hex(utf8("\ude00x")), "efbfbd78");
  equal(hex(utf8("\ude00\ud83d")), "efbfbdefbfbd");
  const halves = ["\ud83d", "\ude00"];
  equal(hex(utf8(halves.join(""))), "f09f9880");
});

test("text takes a range of a view", () => {
  const bytes = utf8("grün und blau");
  equal(text(bytes, 0, 5), "grün");
  equal(text(bytes.subarray(6, 9), 0, 3), "und");
  equal(text(bytes, 14, 14), "");
});

test("text out of bounds throws a RangeError", () => {
  const bytes = utf8("abc");
  throws(() => text(bytes, 0, 4), "RangeError");
  throws(() => text(bytes, 2, 1), "RangeError");
  throws(() => text(bytes, -1, 1), "RangeError");
  throws(() => text(bytes, 4, 4), "RangeError");
});

test("text refuses overlong forms (RFC 3629 §3)", () => {
  for (const digits of ["c080", "c1bf", "e08080", "e09fbf", "f0808080", "f08fbfbf", "f8888080"])
    throws(() => text(bytesOf(digits), 0, digits.length / 2), "TypeError");
});

test("text refuses surrogates and what lies above U+10FFFF", () => {
  for (const digits of ["eda080", "edbfbf", "eda0bdedb880", "f4908080", "f5808080", "ff", "fe"])
    throws(() => text(bytesOf(digits), 0, digits.length / 2), "TypeError");
});

test("text refuses sequences that are cut or out of place", () => {
  for (const digits of [
    "80",
    "bf",
    "c3",
    "e282",
    "f09f98",
    "c341",
    "e28241",
    "f09f9841",
    "41c3",
    "c3a9a9",
    "e2c3a9",
  ])
    throws(() => text(bytesOf(digits), 0, digits.length / 2), "TypeError");
});

test("text does not look behind its range for the rest of a character", () => {
  throws(() => text(bytesOf("e282ac"), 0, 2), "TypeError");
});

test("putText writes where it is told, and says where it ended", () => {
  const target = new Uint8Array(8).fill(0x2e);
  equal(putText(target, 2, "é€"), 7);
  equal(hex(target), "2e2ec3a9e282ac2e");
  equal(putText(target, 8, ""), 8);
  equal(putText(target, 7, "!"), 8);
});

test("putText writes nothing when the text does not fit", () => {
  const target = new Uint8Array(4).fill(0x2e);
  equal(putText(target, 0, "abcde"), -1);
  equal(putText(target, 2, "€"), -1);
  equal(putText(target, 4, "x"), -1);
  equal(hex(target), "2e2e2e2e");
});

test("a long text survives the way there and back", () => {
  const value = "0123456789é€😀".repeat(500);
  const bytes = utf8(value);
  equal(bytes.length, 19 * 500);
  equal(text(bytes, 0, bytes.length), value);
});

test("checkUtf8 takes text, and finds a byte that is none at every place of a word", () => {
  const bytes = utf8("0123456789é€😀0123456789");
  equal(checkUtf8(bytes, 0, bytes.length), -1);
  equal(checkUtf8(bytes, 3, 3), -1);
  for (const bad of [0, 0x80, 0xff]) {
    for (let at = 0; at < 10; at++) {
      const spoilt = bytes.slice();
      spoilt[at] = bad;
      const found = checkUtf8(spoilt, 0, spoilt.length);
      ok(found >= 0 && found <= at, `${found} for ${at}`);
      equal(checkUtf8(spoilt, at + 1, spoilt.length), -1);
    }
  }
  equal(checkUtf8(bytes, 11, bytes.length), 11, "inside a character");
  ok(checkUtf8(bytes, 0, 11) >= 0, "a character that is cut");
});

test("checkUtf8 of a long text finds what is wrong at its end", () => {
  const bytes = utf8("é".repeat(3000));
  equal(checkUtf8(bytes, 0, bytes.length), -1);
  const found = checkUtf8(bytes, 0, bytes.length - 1);
  ok(found >= 0 && found <= bytes.length - 2 && found % 2 === 0, `${found}`);
});

test("pastText is after a text that stands there, whole, and nowhere else", () => {
  const bytes = utf8("<a>grün</a>");
  equal(pastText(bytes, 3, "grün"), 8);
  equal(pastText(bytes, 3, "grüner"), -1);
  equal(pastText(bytes, 4, "grün"), -1);
  equal(pastText(bytes, 8, "</a>"), 12);
  equal(pastText(bytes, 9, "/a> "), -1);
  equal(pastText(bytes, 12, ""), 12);
  equal(pastText(bytes.subarray(0, 5), 3, "grün"), -1);
});

test("putTexts writes three texts behind each other, or nothing", () => {
  const target = new Uint8Array(10).fill(0x2e);
  equal(putTexts(target, 1, "a", "é€", "\0\u0001"), 9);
  equal(hex(target), "2e61c3a9e282ac00012e");
  equal(putTexts(target, 10, "", "", ""), 10);
  const untouched = target.slice();
  equal(putTexts(target, 0, "abcdef", "gh", "ijk"), -1);
  equal(putTexts(target, 0, "", "", "0123456789a"), -1);
  equal(putTexts(target, 2, "€€", "€", ""), -1);
  equal(putTexts(target, 11, "", "", ""), -1);
  equal(hex(target), hex(untouched));
});

test("putElement writes an element whose text needs no escape, or nothing", () => {
  const target = new Uint8Array(24).fill(0x2e);
  const element = utf8('<A x="1">é]]</A>');
  equal(putElement(target, 2, "A", ' x="1"', "é]]"), 2 + element.length);
  equal(hex(target.subarray(2, 2 + element.length)), hex(element));
  const untouched = target.slice();
  for (const value of ["&", "a<", ">b", "\r", "a&b", "0123456789012345678"])
    equal(putElement(target, 0, "A", "", value), -1, value);
  equal(putElement(target, 17, "A", "", "a"), -1);
  equal(hex(target), hex(untouched));
  equal(putElement(target, 16, "A", "", "a"), 24);
});

/** The bytes of each text, one behind the other; halves of a pair in two of them are two halves. */
function bytesOfAll(texts: readonly string[]): readonly number[] {
  return texts.flatMap((value) => Array.from(utf8(value)));
}

const MARKUP: readonly string[] = ["&", "<", ">", "\r"];
/** What an encoder, or a writer, treats in its own way. */
const PIECES: readonly string[] = [
  ...["", "a", "bc", "0123456789", "\n", "]]", "\0", "\u007f", "x".repeat(70)],
  ...["é", "€", "\u{10ffff}", "\ud83d", "\ude00", "\ud7ff", "\uffff"],
  ...MARKUP,
];

function textOf(choices: Choices): string {
  let value = "";
  for (let count = choices.of(4); count > 0; count--) value += choices.from(PIECES);
  return value;
}

const ROUNDS = 400;

test("of any texts, at any place of any target, they write the bytes of each, or nothing", () => {
  const choices = new Choices(1);
  let written = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const [a, b, c] = [textOf(choices), textOf(choices), textOf(choices)];
    const isElement = choices.of(2) === 0;
    const bytes = bytesOfAll(isElement ? ["<", a, b, ">", c, "</", a, ">"] : [a, b, c]);
    const at = choices.of(20);
    const room = Math.max(0, at + bytes.length + choices.of(5) - 2);
    // A view: what stands before and behind it is seen, too.
    const whole = new Uint8Array(8 + room + 8).fill(0x2e);
    const target = whole.subarray(8, 8 + room);
    const isEscaped = isElement && MARKUP.some((special) => c.includes(special));
    const isTaken = at + bytes.length <= room && !isEscaped;
    const end = isElement ? putElement(target, at, a, b, c) : putTexts(target, at, a, b, c);
    const expected = new Uint8Array(whole.length).fill(0x2e);
    if (isTaken) expected.set(bytes, 8 + at);
    equal(end, isTaken ? at + bytes.length : -1, `round ${i}`);
    equal(hex(whole), hex(expected), `round ${i}`);
    if (isTaken) written++;
  }
  ok(written > ROUNDS / 5 && written < ROUNDS, `${written} written`);
});
