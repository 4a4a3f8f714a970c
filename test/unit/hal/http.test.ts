/** HTTP/1.1 over a scripted socket: every split of an answer, and everything that is no answer. */
import type { LinkError } from "../../../hal/hal.ts";
import { HttpLink } from "../../../hal/common/http/http.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import {
  HTTP_CHUNK_LINE_BYTES_MAX,
  HTTP_HEAD_BYTES_MAX,
  HTTP_INTERIM_MAX,
  HTTP_LINE_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { address } from "../base/address.ts";
import { answer, drain, failure, GET, open } from "./answers.ts";
import { ScriptedSocket } from "./scriptedsocket.ts";

function kindOf(work: () => unknown): string {
  try {
    work();
    return "nothing";
  } catch (error) {
    equal((error as Error).name, "LinkError");
    return (error as LinkError).kind;
  }
}

const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\n\r\nhello world";
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n6;x="y"\r\n ' +
  "world\r\n0\r\nT: u\r\n\r\n";
const UNTIL_CLOSE = "HTTP/1.0 200 OK\r\n\r\nhello world";
const INTERIM = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n${LENGTH}`;

for (const [name, response] of Object.entries({ LENGTH, CHUNKED, UNTIL_CLOSE, INTERIM })) {
  test(`an answer reads the same wherever it is split in two: ${name}`, () => {
    const bytes = utf8(response);
    for (let at = 0; at <= bytes.length; at++) {
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)].filter(
        (piece) => piece.length > 0,
      );
      for (const size of [1, 7, 64]) {
        const { status, body } = drain(open(new ScriptedSocket(pieces)), size);
        equal(`${status} ${body}`, "200 hello world", `split at ${at}, ${size} at a time`);
      }
    }
  });

  test(`an answer reads the same byte by byte: ${name}`, () => {
    const bytes = utf8(response);
    const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
    equal(drain(open(new ScriptedSocket(pieces))).body, "hello world");
  });
}

test("a body that is cut short is broken, at every length (RFC 9112 §8)", () => {
  for (const response of [LENGTH, CHUNKED, INTERIM]) {
    const bytes = utf8(response);
    for (let end = 0; end < bytes.length; end++) {
      const kind = kindOf(() =>
        drain(
          open(new ScriptedSocket([bytes.subarray(0, end)].filter((piece) => piece.length > 0))),
        ),
      );
      equal(kind, "broken", `${end} of ${bytes.length} bytes`);
    }
  }
});

test("the request has its line, Host and the caller's headers, then the body", () => {
  const socket = new ScriptedSocket([utf8(LENGTH)]);
  socket.room = 5;
  const body = utf8("abc");
  const exchange = open(socket, {
    method: "POST",
    url: address("http://[::1]:8080?q=1"),
    headers: [["Accept", "*/*"]],
    wants: [],
    body,
  });
  drain(exchange);
  equal(
    text(Uint8Array.from(socket.sent), 0, socket.sent.length),
    "POST /?q=1 HTTP/1.1\r\nHost: [::1]:8080\r\nAccept: */*\r\nContent-Length: 3\r\n\r\nabc",
  );
});

test("a URL goes to its host, port and path", () => {
  const seen: string[] = [];
  const link = new HttpLink((host, port) => {
    seen.push(`${host} ${port}`);
    return new ScriptedSocket([]);
  });
  for (const url of [
    "http://a.example",
    "http://b:1/x",
    "http://[fe80::1]/",
    "http://c:/",
    "http://d:65535?x@y",
  ]) {
    link.request({ ...GET, url: address(url) });
  }
  deepEqual(seen, ["a.example 80", "b 1", "fe80::1 80", "c 80", "d 65535"]);
});

test("https without TLS, or a line break in a header, fails before connecting", () => {
  equal(
    kindOf(() => open(new ScriptedSocket([]), { ...GET, url: address("https://h/") })),
    "secure",
  );
  equal(
    kindOf(() => open(new ScriptedSocket([]), { ...GET, headers: [["A", "b\r\nC: d"]] })),
    "protocol",
  );
});

test("header names are lower case, values trimmed; the first of a name counts", () => {
  const { headers } = answer(
    'HTTP/1.1 200 OK\r\nETag:\t "a" \r\nX-Y: 1\r\nx-y: 2\r\nEmpty:\r\nCONTENT-length: 0\r\n\r\n',
  );
  deepEqual(
    [...headers],
    [
      ["etag", '"a"'],
      ["x-y", "1"],
      ["empty", ""],
      ["content-length", "0"],
    ],
  );
});

test("answers to HEAD, 204 and 304 have no body, whatever they say (RFC 9112 §6.3)", () => {
  equal(
    answer("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", { ...GET, method: "HEAD" }).body,
    "",
  );
  equal(answer("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n").body, "");
  equal(answer("HTTP/1.1 304 \r\nContent-Length: 11\r\n\r\n").body, "");
});

test("what comes after the announced length is not read", () => {
  equal(failure("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello"), "200 he");
});

test("a head is refused that HTTP/1 does not allow", () => {
  const bad = [
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2x0 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "ICY 200 OK\r\n\r\n",
    "\r\n\r\n",
    "HTTP/1.1 200 OK\n\n",
    "HTTP/1.1 200 OK\r\nA: b\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\r\n\n",
    "HTTP/1.1 200 OK\r\nA\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
    "HTTP/1.1 101 Switching\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: ,\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 9007199254740992\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    `HTTP/1.1 200 OK\r\nContent-Length: ${" ".repeat(HTTP_LINE_BYTES_MAX)}1\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${" ".repeat(HTTP_LINE_BYTES_MAX)}chunked\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${",".repeat(200)}chunked\r\n\r\n`,
    `HTTP/1.1 200 OK\r\n${"n".repeat(2 * HTTP_LINE_BYTES_MAX)}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nA: ${"b".repeat(2 * HTTP_LINE_BYTES_MAX)}\rc\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nA: ${"b".repeat(2 * HTTP_LINE_BYTES_MAX)}\nc\r\n\r\n`,
    `HTTP/1.2 ${"x".repeat(2 * HTTP_LINE_BYTES_MAX)}\r\n\r\n`,
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
  ];
  for (const head of bad) equal(failure(head), "protocol", head);
});

test("a status line may lack its reason, and the blank before it (RFC 9112 §4)", () => {
  equal(failure("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"), "200 ok");
  equal(failure("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"), "200 ok");
  equal(failure("HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok"), "200 ok");
  const long = "r".repeat(3 * HTTP_LINE_BYTES_MAX);
  equal(failure(`HTTP/1.1 200 ${long}\r\nContent-Length: 2\r\n\r\nok`), "200 ok");
});

test("a line that is folded is one line, with blanks where it was folded (RFC 9112 §5.2)", () => {
  const folded = "HTTP/1.1 200 OK\r\nX-Y: a\r\n b\r\n\t c\r\nContent-Length:\r\n  2\r\n\r\nok";
  const { headers, body } = answer(folded);
  deepEqual([headers.get("x-y"), body], ["a   b   \t c".replace("   \t", "  \t"), "ok"]);
  equal(failure("HTTP/1.1 200 OK\r\n b: c\r\nContent-Length: 2\r\n\r\nok"), "200 ok");
  const bytes = utf8(folded);
  for (let at = 1; at < bytes.length; at++) {
    const pieces = [bytes.subarray(0, at).slice(), bytes.subarray(at).slice()];
    equal(drain(open(new ScriptedSocket(pieces))).headers.get("x-y"), headers.get("x-y"));
  }
});

test("a length may be repeated, also in a list and with zeros (RFC 9110 §8.6)", () => {
  for (const lines of [
    "Content-Length: 2\r\nContent-Length: 2",
    "Content-Length: 2, 2",
    "Content-Length: , 2 ,\t2,",
    "Content-Length: 00000000000000000002",
  ])
    equal(failure(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\nok`), "200 ok", lines);
});

test("a transfer coding wins over a length, which is then not there (RFC 9112 §6.3)", () => {
  const body = "\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  for (const lines of [
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 1\r\nContent-Length: 2",
    "TRANSFER-ENCODING: , Chunked ,\r\nContent-Length: x",
  ]) {
    const { headers, ...rest } = answer(`HTTP/1.1 200 OK\r\n${lines}${body}`);
    deepEqual([rest.body, headers.has("content-length")], ["ok", false], lines);
  }
});

test("the head says once how long the body is: the length that counts, or none (§6.3)", () => {
  const lengthOf = (response: string, request = GET): number | undefined => {
    const exchange = open(new ScriptedSocket([utf8(response)]), request);
    let head = exchange.head();
    while (head === undefined) head = exchange.head();
    return head.length;
  };
  equal(lengthOf("HTTP/1.1 200 OK\r\nContent-Length: 0011\r\n\r\n"), 11);
  equal(lengthOf("HTTP/1.1 200 OK\r\ncontent-length: 11, 11\r\n\r\n"), 11);
  equal(lengthOf("HTTP/1.1 200 OK\r\n\r\n"), undefined);
  const both = "Content-Length: 11\r\nTransfer-Encoding: chunked";
  equal(lengthOf(`HTTP/1.1 200 OK\r\n${both}\r\n\r\n0\r\n\r\n`), undefined);
  for (const status of ["204 No", "304 Same"])
    equal(lengthOf(`HTTP/1.1 ${status}\r\nContent-Length: 11\r\n\r\n`), 0);
  const head = { ...GET, method: "HEAD" } as const;
  equal(lengthOf("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", head), 0);
});

test("of a cookie only that there is one is kept: it may be long, and is of no use", () => {
  const { headers } = answer(
    `HTTP/1.1 200 OK\r\nSet-Cookie: ${"c".repeat(HTTP_LINE_BYTES_MAX - 20)}\r\nETag: ` +
      `e\r\nContent-Length: 0\r\n\r\n`,
    { ...GET, wants: ["set-cookie", "etag"] },
  );
  deepEqual(
    [...headers],
    [
      ["set-cookie", ""],
      ["etag", "e"],
    ],
  );
});

test("a head of the longest length is read, and one byte more is refused", () => {
  const start = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: ";
  const end = "\r\n\r\nok";
  const padding = HTTP_HEAD_BYTES_MAX - start.length - end.length + 2;
  equal(failure(start + "x".repeat(padding) + end), "200 ok");
  equal(failure(start + "x".repeat(padding + 1) + end), "protocol");
});

test("interim answers are skipped up to their number", () => {
  const interim = "HTTP/1.1 100 Continue\r\n\r\n";
  equal(failure(interim.repeat(HTTP_INTERIM_MAX) + LENGTH), "200 hello world");
  equal(failure(interim.repeat(HTTP_INTERIM_MAX + 1) + LENGTH), "protocol");
});

function chunked(body: string): string {
  return failure(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
}

test("chunks may have zeros, extensions and capitals, and be empty (RFC 9112 §7.1)", () => {
  equal(chunked("0\r\n\r\n"), "200 ");
  equal(chunked("00000002\r\nab\r\n000\r\n\r\n"), "200 ab");
  equal(
    chunked("A ;n=v\r\n0123456789\r\na\t\r\n0123456789\r\n0\r\n\r\n"),
    "200 01234567890123456789",
  );
  equal(chunked("1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\n"), "200 a");
});

test("bad chunks are refused", () => {
  const bad = [
    "\r\nab\r\n",
    "g\r\n",
    "-1\r\n",
    "0x2\r\nab\r\n",
    "2\nab\r\n0\r\n\r\n",
    "123456789\r\n",
    "2\r\nabc\r\n0\r\n\r\n",
    "2\r\nabX\n0\r\n\r\n",
    "2\r\nab0\r\n\r\n",
    ";x\r\n",
  ];
  for (const body of bad) equal(chunked(body), "protocol", body);
});

test("a chunk line or trailer of the longest length is read; a byte more is refused", () => {
  equal(chunked(`1;${"x".repeat(HTTP_CHUNK_LINE_BYTES_MAX - 4)}\r\na\r\n0\r\n\r\n`), "200 a");
  equal(chunked(`1;${"x".repeat(HTTP_CHUNK_LINE_BYTES_MAX - 3)}\r\na\r\n0\r\n\r\n`), "protocol");
  equal(chunked(`0\r\nA: ${"x".repeat(HTTP_HEAD_BYTES_MAX - 7)}\r\n\r\n`), "200 ");
  equal(chunked(`0\r\nA: ${"x".repeat(HTTP_HEAD_BYTES_MAX - 6)}\r\n\r\n`), "protocol");
  equal(chunked(`0\r\n${`A: ${"x".repeat(995)}\r\n`.repeat(33)}\r\n`), "protocol");
  equal(chunked("0\r\nno colon\r\n\r\n"), "protocol");
});

test("nothing is read ahead: a body stays with the peer until it is asked for", () => {
  const body = "x".repeat(20000);
  const socket = new ScriptedSocket([
    utf8("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n"),
    utf8(body),
  ]);
  const exchange = open(socket);
  while (exchange.head() === undefined);
  const asked = socket.asked;
  for (let i = 0; i < 10; i++) exchange.head();
  equal(exchange.read(new Uint8Array(0)), 0);
  equal(socket.asked, asked);
  equal(drain(exchange, 1000).body, body);
});

test("an answer that comes before the request is sent whole is taken", () => {
  const socket = new ScriptedSocket([utf8("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n")]);
  socket.room = 0;
  equal(drain(open(socket, { ...GET, method: "POST", body: new Uint8Array(10) })).status, 413);
});

test("nothing yet is undefined and 0; close ends an exchange, and again", () => {
  const socket = new ScriptedSocket([], true);
  const exchange = open(socket);
  equal(exchange.head(), undefined);
  equal(exchange.read(new Uint8Array(4)), 0);
  exchange.close();
  exchange.close();
  ok(socket.closed >= 1);
  equal(
    kindOf(() => exchange.head()),
    "broken",
  );
  equal(
    kindOf(() => exchange.read(new Uint8Array(4))),
    "broken",
  );
});

test("after the last byte read says so for ever, and the head is gone", () => {
  const exchange = open(new ScriptedSocket([utf8(LENGTH)]));
  drain(exchange);
  equal(exchange.read(new Uint8Array(4)), -1);
  equal(exchange.read(new Uint8Array(4)), -1);
  equal(exchange.head(), undefined);
  exchange.close();
  equal(exchange.read(new Uint8Array(4)), -1);
});

test("the head of an answer without a body stays until read has said that it is over", () => {
  const exchange = open(new ScriptedSocket([utf8("HTTP/1.1 204 No\r\n\r\n")]));
  while (exchange.head() === undefined);
  equal(exchange.head()?.status, 204);
  equal(exchange.read(new Uint8Array(4)), -1);
  equal(exchange.read(new Uint8Array(4)), -1);
  equal(exchange.head(), undefined);
});

test("an answer before the whole request counts, though the rest is refused", () => {
  const socket = new ScriptedSocket([
    utf8("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"),
  ]);
  let writes = 0;
  socket.write = (): number => {
    if (writes++ === 0) return 10;
    throw new Error("the peer has closed");
  };
  const answer = drain(open(socket, { ...GET, method: "POST", body: utf8("a longer body") }));
  deepEqual([answer.status, answer.body], [413, "no"]);
});

test("a peer that closes without an answer is broken, also when it refused the request", () => {
  const socket = new ScriptedSocket([]);
  socket.write = (): number => {
    throw new Error("the peer has closed");
  };
  const exchange = open(socket);
  let kind: string | undefined;
  try {
    for (let i = 0; i < 10; i++) exchange.head();
  } catch (error) {
    kind = (error as LinkError).kind;
  }
  equal(kind, "broken");
});
