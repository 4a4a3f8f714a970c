/** Heads of HTTP answers, the lines between chunks, and what a download makes of them. */
import { HTTP_CHUNK_LINE_BYTES_MAX } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { ANSWER_HEADERS, judge } from "../../../src/download/answer.ts";
import { parseUrl, resolveUrl, urlText } from "../../../src/base/url.ts";
import { chunkLength, endOfLine } from "../../../hal/common/http/chunk.ts";
import { HeadReader } from "../../../hal/common/http/head.ts";
import { address } from "../base/address.ts";
import { must, type Parser } from "./parser.ts";

const BASE = address("https://host.example:8443/a/b?c");
/** As it is for a package, and for one that a descriptor has named. */
const STANDING = { offset: 4096, ranged: true, size: 8192, validator: '"tag"', types: undefined };
const UNRANGED = { ...STANDING, ranged: false };
const DESCRIBED = { ...STANDING, types: ["application/octet-stream"] };
const SIZE_MAX = 2 ** 53 - 1;

function check(input: Uint8Array): boolean {
  const line = endOfLine(input, 0, input.length);
  if (line > 0 && line <= HTTP_CHUNK_LINE_BYTES_MAX) {
    const length = chunkLength(input, 0, line);
    must(length >= -1 && length <= 0xffffffff, "the length of a chunk");
  }
  const reader = new HeadReader(ANSWER_HEADERS);
  for (let at = 0, end = -1; !reader.done && reader.problem === "" && end !== at; ) {
    end = at;
    at = reader.take(input, at, input.length, at + 64 > input.length);
    must(at >= end && at <= input.length, "a head that ends outside");
  }
  if (!reader.done || reader.problem !== "") return false;
  const head = reader.head(false);
  if (reader.problem !== "") return false;
  must(head.status >= 100 && head.status <= 999, "a status of three digits");
  if (head.framing.type === "length")
    must(head.framing.length >= 0 && head.framing.length <= SIZE_MAX, "a length");
  for (const [name, value] of head.headers) {
    must(
      ANSWER_HEADERS.includes(name) && !value.includes("\n") && !value.includes("\r"),
      `a header: ${name}`,
    );
  }
  for (const standing of [STANDING, UNRANGED, DESCRIBED]) {
    const verdict = judge(head, standing);
    const from = standing.ranged ? standing.offset : 0;
    if (verdict.type === "part") must(verdict.end > from, "a part that brings nothing");
    must(verdict.type !== "unranged" || standing.ranged, "the whole is asked for again and again");
    if (verdict.type === "redirect") redirected(verdict.location);
    must(
      verdict.type !== "descriptor" || standing.types === undefined,
      "a descriptor that a descriptor has named",
    );
  }
  return true;
}

/** Where a redirect leads is a URL of HTTP that means the same when it is read again. */
function redirected(location: string): void {
  const url = resolveUrl(BASE, location);
  if (typeof url === "string") {
    must(url !== "", "refused, and not said why");
    return;
  }
  const again = parseUrl(urlText(url));
  must(
    typeof again !== "string" && urlText(again) === urlText(url),
    `${location} leads to ${urlText(url)}`,
  );
  must(
    url.port > 0 && url.port < 65536 && url.path.startsWith("/") && !url.host.includes("@"),
    urlText(url),
  );
}

function answer(status: string, ...headers: readonly string[]): Uint8Array {
  return utf8(`HTTP/1.1 ${status}\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`);
}

export const HTTP_HEADS: Parser = {
  name: "heads of HTTP",
  weight: 6,
  check,
  corpus: [
    answer(
      "200 OK",
      "Content-Length: 12",
      "Content-Type: application/vnd.syncml.dm+wbxml; charset=utf-8",
      'ETag: "tag"',
    ),
    answer(
      "206 Partial Content",
      "Content-Range: bytes 4096-8191/8192",
      "Content-Length: 4096",
      'ETag: "tag"',
    ),
    answer("200 OK", "Content-Length: 300", "Content-Type: application/vnd.oma.dd+xml"),
    answer("416 ", "Content-Range: bytes */8192"),
    answer("302 Found", "Location: ../c?d#e"),
    answer("301 Moved", "Location: //other:1/%20"),
    answer("307 T", "Location: http://[::1]:80/x"),
    answer("308 P", "Location: https://user@host/"),
    answer("100 Continue"),
    answer("503 Busy", "Retry-After: 120", "Connection: close"),
    answer("200 OK", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip"),
    answer("200 OK", "Content-Length: 1", "content-length: 2"),
    answer("200 OK", "A:", " folded: x", "no colon"),
    utf8("HTTP/1.0 200 OK\n\n"),
    utf8("1f;name=value\r\n"),
    utf8("ffffffff\r\n"),
    utf8("0\r\n\r\n"),
  ],
  words: [
    "\r\n",
    "\r\n\r\n",
    "HTTP/1.1 ",
    "Content-Length: ",
    "Transfer-Encoding: chunked",
    "Content-Range: bytes ",
    "Location: ",
    "https://",
    "*/",
  ].map((word) => utf8(word)),
};
