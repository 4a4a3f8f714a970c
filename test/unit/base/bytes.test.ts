/** Search, comparison, copy and hexadecimal digits, src/base/bytes.ts. */
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import {
  copy,
  equal as equalBytes,
  filled,
  find,
  findAny,
  fromHex,
  hex,
} from "../../../src/base/bytes.ts";
import { utf8 } from "../../../src/base/utf8.ts";

const DIGITS = Uint8Array.of(1, 2, 3, 2, 1, 0, 255);

test("find gives the first index at or after `from`", () => {
  equal(find(DIGITS, 0, 2), 1);
  equal(find(DIGITS, 1, 2), 1);
  equal(find(DIGITS, 2, 2), 3);
  equal(find(DIGITS, 4, 2), -1);
  equal(find(DIGITS, 0, 0), 5);
  equal(find(DIGITS, 0, 255), 6);
});

test("find beyond the end finds nothing, and no byte is above 255", () => {
  equal(find(DIGITS, 7, 255), -1);
  equal(find(DIGITS, 1000, 1), -1);
  equal(find(new Uint8Array(0), 0, 0), -1);
  equal(find(DIGITS, 0, 257), -1);
});

test("find finds a byte at every place of a word, and none behind the end", () => {
  const bytes = new Uint8Array(64).fill(0x80);
  for (let from = 0; from < 4; from++) {
    for (let at = from; at < 44; at++) {
      bytes[at] = 0x7f;
      bytes[at + 9] = 0x7f;
      equal(find(bytes, from, 0x7f), at);
      equal(find(bytes.subarray(0, at), from, 0x7f), -1);
      bytes[at] = bytes[at + 9] = 0x80;
    }
  }
});

test("find sees a view only, and counts from its start", () => {
  equal(find(DIGITS.subarray(2, 5), 0, 2), 1);
  equal(find(DIGITS.subarray(2, 5), 0, 255), -1);
});

test("findAny gives the first index of any of the characters, within its range", () => {
  const bytes = utf8("a<b>c&\u00bcd");
  equal(findAny(bytes, 0, bytes.length, "&<>\r"), 1);
  equal(findAny(bytes, 2, bytes.length, "&<>\r"), 3);
  equal(findAny(bytes, 2, bytes.length, "&"), 5);
  equal(findAny(bytes, 4, 5, "&<>"), -1);
  equal(findAny(bytes, 6, bytes.length, "&<>"), -1, "a byte past ASCII is none of them");
  equal(findAny(bytes, 0, bytes.length, ""), -1);
  equal(findAny(bytes, 3, 3, ">"), -1);
  for (const [from, to] of [
    [0, bytes.length + 1],
    [3, 2],
    [-1, 2],
  ] as const)
    throws(() => findAny(bytes, from, to, "a"), "RangeError");
});

test("equal compares length and every byte", () => {
  ok(equalBytes(DIGITS, DIGITS.slice()));
  ok(equalBytes(new Uint8Array(0), new Uint8Array(0)));
  ok(!equalBytes(DIGITS, DIGITS.subarray(0, 6)));
  ok(!equalBytes(new Uint8Array(1), new Uint8Array(2)));
  for (let i = 0; i < DIGITS.length; i++)
    for (let bit = 0; bit < 8; bit++) {
      const other = DIGITS.slice();
      other[i] = (other[i] ?? 0) ^ (1 << bit);
      ok(!equalBytes(DIGITS, other));
    }
});

test("copy moves a range and nothing else", () => {
  const target = new Uint8Array(5).fill(9);
  copy(target, 1, DIGITS, 1, 4);
  deepEqual(target, Uint8Array.of(9, 2, 3, 2, 9));
  copy(target, 5, DIGITS, 7, 7);
  copy(target, 0, DIGITS, 3, 3);
  deepEqual(target, Uint8Array.of(9, 2, 3, 2, 9));
});

test("copy within one buffer keeps what it reads, in both directions", () => {
  const forward = Uint8Array.of(1, 2, 3, 4, 5);
  const backward = forward.slice();
  copy(forward, 1, forward, 0, 4);
  deepEqual(forward, Uint8Array.of(1, 1, 2, 3, 4));
  copy(backward, 0, backward, 1, 5);
  deepEqual(backward, Uint8Array.of(2, 3, 4, 5, 5));
  copy(backward, 0, backward.subarray(2), 0, 2);
  deepEqual(backward, Uint8Array.of(4, 5, 4, 5, 5));
});

test("copy out of bounds throws a RangeError and copies nothing", () => {
  const target = new Uint8Array(3);
  throws(() => {
    copy(target, 0, DIGITS, 0, 4);
  }, "RangeError");
  throws(() => {
    copy(target, 1, DIGITS, 0, 3);
  }, "RangeError");
  throws(() => {
    copy(target, 4, DIGITS, 0, 0);
  }, "RangeError");
  throws(() => {
    copy(target, 0, DIGITS, 6, 8);
  }, "RangeError");
  throws(() => {
    copy(target, 0, DIGITS, 2, 1);
  }, "RangeError");
  throws(() => {
    copy(target, -1, DIGITS, 0, 1);
  }, "RangeError");
  throws(() => {
    copy(target, 0, DIGITS, -1, 1);
  }, "RangeError");
  throws(() => {
    copy(target, 0, DIGITS, 0, 2 ** 32 + 1);
  }, "RangeError");
  deepEqual(target, new Uint8Array(3));
});

test("filled looks at its range only", () => {
  const bytes = Uint8Array.of(0, 255, 255, 255, 0);
  ok(filled(bytes, 1, 4, 255));
  ok(!filled(bytes, 0, 4, 255));
  ok(!filled(bytes, 1, 5, 255));
  ok(filled(bytes, 2, 2, 7));
  ok(filled(bytes, 5, 5, 0));
  throws(() => filled(bytes, 4, 6, 0), "RangeError");
  throws(() => filled(bytes, 3, 2, 0), "RangeError");
  throws(() => filled(bytes, -1, 2, 0), "RangeError");
});

test("hex and fromHex are inverse for every byte", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  equal(hex(all).length, 512);
  equal(hex(all.subarray(0, 17)), "000102030405060708090a0b0c0d0e0f10");
  deepEqual(fromHex(hex(all)), all);
  equal(hex(new Uint8Array(0)), "");
  deepEqual(fromHex(""), new Uint8Array(0));
});

test("fromHex takes both cases", () => {
  deepEqual(fromHex("aBCdeF09"), Uint8Array.of(0xab, 0xcd, 0xef, 0x09));
});

test("fromHex refuses odd lengths and anything that is no digit", () => {
  for (const digits of [
    "0",
    "000",
    "0g",
    "g0",
    "0x00",
    " 00",
    "00 ",
    "0/",
    "0:",
    "0@",
    "0`",
    "é0",
    "00é",
    "0\u0000",
    "１２",
  ])
    equal(fromHex(digits), undefined, digits);
});
