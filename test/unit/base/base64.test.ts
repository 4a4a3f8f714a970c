/** Base64 (RFC 4648 §4), src/base/base64.ts. */
import { deepEqual, equal, test, throws } from "../../check.ts";
import {
  base64,
  base64Length,
  decodeBase64,
  fromBase64,
  putBase64,
} from "../../../src/base/base64.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";

/** RFC 4648 §10. */
const VECTORS: readonly (readonly [plain: string, coded: string])[] = [
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
];

test("the vectors of RFC 4648 §10, both ways", () => {
  for (const [plain, coded] of VECTORS) {
    equal(base64(utf8(plain)), coded);
    equal(base64Length(plain.length), coded.length);
    deepEqual(fromBase64(coded), utf8(plain));
  }
});

test("every digit, and every byte at every place", () => {
  const all = Uint8Array.from({ length: 256 * 3 }, (_, i) => (i + (i >> 8)) & 0xff);
  deepEqual(fromBase64(base64(all)), all);
  equal(base64(Uint8Array.of(0x00, 0x10, 0x83, 0xfb, 0xff, 0xbf)), "ABCD+/+/");
});

test("putBase64 writes where it is told, and says where it ended", () => {
  const target = new Uint8Array(10).fill(0x2e);
  equal(putBase64(target, 1, utf8("foob")), 9);
  equal(text(target, 0, 10), ".Zm9vYg==.");
  equal(putBase64(target, 10, new Uint8Array(0)), 10);
});

test("putBase64 writes nothing when it does not fit", () => {
  const target = new Uint8Array(8).fill(0x2e);
  equal(putBase64(target, 1, utf8("foob")), -1);
  equal(putBase64(target, 5, utf8("f")), -1);
  equal(putBase64(target, 8, utf8("f")), -1);
  equal(text(target, 0, 8), "........");
  equal(putBase64(target, 4, utf8("f")), 8);
});

test("decodeBase64 decodes in place and leaves the rest alone", () => {
  const bytes = utf8("<Zm9vYmFy>");
  equal(decodeBase64(bytes, 1, 9), 7);
  equal(text(bytes, 0, 7), "<foobar");
  equal(text(bytes, 9, 10), ">");
});

test("decodeBase64 skips white space, also inside a group and after the padding", () => {
  const bytes = utf8(" Zm\r\n9v\tY g\n= = \n");
  equal(decodeBase64(bytes, 0, bytes.length), 4);
  equal(text(bytes, 0, 4), "foob");
  deepEqual(fromBase64("  \n"), new Uint8Array(0));
});

test("white space may stand before and after every character", () => {
  const value = "QUJDREVGR0hJSg==";
  const decoded = "ABCDEFGHIJ";
  for (let at = 0; at <= value.length; at++) {
    const bytes = utf8(`${value.slice(0, at)}\r\n${value.slice(at)}`);
    equal(text(bytes, 0, decodeBase64(bytes, 0, bytes.length)), decoded);
  }
});

test("padding may be missing, but not be wrong", () => {
  deepEqual(fromBase64("Zg"), utf8("f"));
  deepEqual(fromBase64("Zm8"), utf8("fo"));
  for (const coded of [
    "=",
    "==",
    "Zg=",
    "Zg===",
    "Zm8==",
    "Zm9v=",
    "Zm9v==",
    "Zg==Zg==",
    "Zg=v",
    "Z=g=",
  ])
    equal(fromBase64(coded), undefined, coded);
});

test("a lone digit and bits that would be lost are refused (RFC 4648 §3.5)", () => {
  for (const coded of ["Z", "Zm9vZ", "Zh==", "Zv", "Zm9=", "Zm+"])
    equal(fromBase64(coded), undefined, coded);
});

test("what is no digit is refused: URL alphabet, other ASCII, letters beyond it", () => {
  for (const coded of [
    "Zm9-",
    "Zm9_",
    "Zm9.",
    "Zm9\u0000",
    "Zm9\u007f",
    "Zm9é",
    "Zm9Ł",
    "Zm9@",
    "Zm9[",
    "Zm9`",
    "Zm9{",
    "Zm9:",
  ])
    equal(fromBase64(coded), undefined, coded);
});

test("decodeBase64 of a range without bytes ends where it began", () => {
  equal(decodeBase64(new Uint8Array(4), 2, 2), 2);
});

test("putBase64 of what is no buffer throws", () => {
  throws(() => putBase64(new Uint8Array(4), 0, undefined as never));
});

test("16 KiB survive the way there and back in one buffer", () => {
  const bytes = Uint8Array.from({ length: 12288 }, (_, i) => (i * 7) & 0xff);
  const target = new Uint8Array(16384);
  equal(putBase64(target, 0, bytes), 16384);
  equal(decodeBase64(target, 0, 16384), 12288);
  deepEqual(target.slice(0, 12288), bytes);
});
