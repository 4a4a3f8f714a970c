/** What is kept of the head of an answer: values that are wanted, and how long they may be. */
import { utf8 } from "../../../src/base/utf8.ts";
import {
  HTTP_KEPT_BYTES_MAX,
  HTTP_LINE_BYTES_MAX,
  URL_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { answer, drain, failure, open } from "./answers.ts";
import { ScriptedSocket } from "./scriptedsocket.ts";

test("of a head only what is wanted is kept", () => {
  const { headers } = answer(
    "HTTP/1.1 200 OK\r\nServer: s\r\nX-Z: z\r\nX-Y: y\r\nEtaG: e\r\nContent-Length: 0\r\n\r\n",
  );
  deepEqual(
    [...headers],
    [
      ["x-y", "y"],
      ["etag", "e"],
      ["content-length", "0"],
    ],
  );
});

test("a line longer than the buffer is put together if it is wanted, else read past", () => {
  for (let more = 0; more < 6; more++) {
    const long = `https://h/${"b".repeat(HTTP_LINE_BYTES_MAX - 16 + more)}ü€\u{1f600}?c=${more}`;
    const past = "p".repeat(2 * HTTP_LINE_BYTES_MAX);
    const rest = "ETag: e\r\nContent-Length: 2\r\n\r\nok";
    const response = `HTTP/1.1 200 OK\r\nX-Y:  ${long}\r\n folded \r\nZ: ${past}\r\n${rest}`;
    for (const size of [1, 7, 1000, 100_000]) {
      const bytes = utf8(response);
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
      const { headers, body } = drain(open(new ScriptedSocket(pieces)));
      const kept = `${long}   folded`;
      deepEqual([headers.get("x-y"), headers.get("etag"), body], [kept, "e", "ok"], `${size}`);
    }
  }
});

test("a value that is no text is empty; of a name that comes twice the first holds", () => {
  const long = "v".repeat(HTTP_LINE_BYTES_MAX);
  for (const value of ["v", long]) {
    const start = utf8(`HTTP/1.1 200 OK\r\nX-Y: ${value}`);
    const rest = `ETag: e\r\nETag: ${long}\r\nX-Y: again\r\nX-Y: ${long}`;
    const end = utf8(`\r\n${rest}\r\nContent-Length: 0\r\n\r\n`);
    const bytes = new Uint8Array([...start, 0xff, 0xfe, ...end]);
    const { headers } = drain(open(new ScriptedSocket([bytes])));
    deepEqual([headers.get("x-y"), headers.get("etag")], ["", "e"]);
  }
});

test("blanks around a value are left out, short or long: spaces and tabs, and no others", () => {
  const long = "v".repeat(2 * HTTP_LINE_BYTES_MAX - 100);
  for (const word of ["v", "v \t v", long, `${long} \t v`]) {
    const value = `\u00a0${word}\u3000`;
    for (const blanks of [" ", "\t ", " \t".repeat(20), " ".repeat(HTTP_LINE_BYTES_MAX)]) {
      if (word.length > 100 && blanks.length > 100) continue;
      const line = `X-Y:${blanks}${value}${blanks}`;
      const { headers } = answer(`HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 0\r\n\r\n`);
      equal(headers.get("x-y"), value, `${value.length} behind ${blanks.length}`);
    }
  }
});

test("a line that frames the body has HTTP_LINE_BYTES_MAX bytes, with the one behind it", () => {
  for (const [more, outcome] of [
    [0, "200 ok"],
    [1, "protocol"],
  ] as const) {
    const zeros = "0".repeat(HTTP_LINE_BYTES_MAX - "content-length:2\r\nC".length + more);
    equal(failure(`HTTP/1.1 200 OK\r\nContent-Length:${zeros}2\r\n\r\nok`), outcome);
  }
});

test("values beyond HTTP_KEPT_BYTES_MAX in all are dropped, a URL of URL_BYTES_MAX is not", () => {
  ok(URL_BYTES_MAX + 1000 <= HTTP_KEPT_BYTES_MAX, "beside an ETag, a date and a type");
  for (const [more, kept] of [
    [0, true],
    [1, false],
  ] as const) {
    const first = "v".repeat(HTTP_KEPT_BYTES_MAX - 1000);
    const second = "w".repeat(1000 + more);
    const { headers, body } = answer(
      `HTTP/1.1 200 OK\r\nX-Y: ${first}\r\nETag: ${second}\r\nContent-Length: 1\r\n\r\nx`,
    );
    const tag = kept ? second : "";
    deepEqual([headers.get("x-y") === first, headers.get("etag"), body], [true, tag, "x"]);
  }
});

test("a value that is dropped takes no room: what is shorter is kept behind it", () => {
  const first = "v".repeat(HTTP_KEPT_BYTES_MAX - 40);
  for (const length of [41, HTTP_LINE_BYTES_MAX, HTTP_KEPT_BYTES_MAX]) {
    const dropped = "d".repeat(length);
    const { headers } = answer(
      `HTTP/1.1 200 OK\r\nX-Y: ${first}\r\nETag: ${dropped}\r\nContent-Type: ` +
        `${"t".repeat(39)}\r\nETag: e\r\nContent-Length: 0\r\n\r\n`,
    );
    deepEqual(
      [...headers].map(([name, value]) => `${name} ${value.length}`),
      [`x-y ${first.length}`, "etag 0", "content-type 39", "content-length 1"],
    );
  }
});

test("all that is kept of a head has HTTP_KEPT_BYTES_MAX bytes, however it comes", () => {
  const lengths = [10, 1100, 2000, HTTP_LINE_BYTES_MAX, 2700, 4100, HTTP_KEPT_BYTES_MAX + 1];
  for (const a of lengths)
    for (const b of lengths)
      for (const c of lengths) {
        const lines = `X-Y: ${"a".repeat(a)}\r\nETag: ${"b".repeat(b)}\r\nEmpty: ${"c".repeat(c)}`;
        const { headers } = answer(`HTTP/1.1 200 OK\r\n${lines}\r\nContent-Length: 0\r\n\r\n`);
        let room = HTTP_KEPT_BYTES_MAX;
        const kept = [a, b, c].map((length) => {
          if (length > room) return 0;
          room -= length;
          return length;
        });
        const names = ["x-y", "etag", "empty"];
        deepEqual(
          names.map((name) => headers.get(name)?.length),
          kept,
        );
      }
});

test("what is kept of a value in pieces counts in bytes, not in characters", () => {
  for (const [count, kept] of [
    [HTTP_KEPT_BYTES_MAX / 2 - 1, true],
    [HTTP_KEPT_BYTES_MAX / 2 + 1, false],
  ] as const) {
    const value = "é".repeat(count);
    const { headers } = answer(`HTTP/1.1 200 OK\r\nETag:${value}\r\nContent-Length: 1\r\n\r\nx`);
    equal(headers.get("etag") === value, kept);
  }
});
