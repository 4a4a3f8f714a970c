/** Rows of the corpus: what package hosts, and proxies before them, answer to a download. */
import { head, type Row } from "./row.ts";

const OK = "HTTP/1.1 200 OK";
const PARTIAL = "HTTP/1.1 206 Partial Content";
const SIZE = "Content-Length: 200";
const CHUNKED = "Transfer-Encoding: chunked";
const WHOLE = `${head(OK, SIZE)}@0-200@`;
const REST = `${head(PARTIAL, "Content-Range: bytes 70-199/200", "Content-Length: 130")}@70-200@`;
const CHUNKS = "64\r\n@0-100@\r\n64\r\n@100-200@\r\n0\r\n\r\n";
const TAKEN = "200 after /a/p";
/** An answer that cannot be read: another attempt, until they are used up. */
const LOST = "503 after /a/p ×8";

/** A download from its first byte. */
function row(
  what: string,
  section: string,
  wire: string | readonly string[],
  outcome = TAKEN,
): Row {
  const answers = typeof wire === "string" ? [wire] : wire;
  return { kind: "download", what, section, wire: answers, outcome };
}

/** An answer with the whole package, and this in its head. */
function whole(what: string, section: string, line: string, outcome = TAKEN): Row {
  return row(what, section, `${head(OK, line, SIZE)}@0-200@`, outcome);
}

/** An answer whose length is told in this way. */
function sized(what: string, section: string, line: string, outcome = TAKEN): Row {
  return row(what, section, `${head(OK, line)}@0-200@`, outcome);
}

/** A download that has 70 bytes of the version "v2". */
function rest(what: string, section: string, wire: readonly string[], outcome: string): Row {
  return { ...row(what, section, wire, outcome), from: 70, validator: '"v2"' };
}

/** A part that can be used, and one after which the whole is asked for. */
const RANGE = '/a/p bytes=70- if "v2"';
const GONE_ON = `200 after ${RANGE}`;
const ANEW = `200 after ${RANGE}, /a/p`;

function part(what: string, section: string, lines: readonly string[], outcome: string): Row {
  return rest(what, section, [`${head(PARTIAL, ...lines)}@70-200@`, WHOLE], outcome);
}

function redirect(what: string, section: string, location: string, outcome: string): Row {
  const answer = head("HTTP/1.1 302 Found", `Location: ${location}`, "Content-Length: 0");
  return row(what, section, [answer, WHOLE], outcome);
}

function status(line: string, section: string, outcome: string, ...more: readonly string[]): Row {
  return row(line, section, [head(`HTTP/1.1 ${line}`, "Content-Length: 0", ...more)], outcome);
}

const VALUES = [
  ["319129", "200"],
  ["319128", "199"],
  ["249129", "130"],
  ["70000", "70"],
] as const;

function file(name: string, what: string, section: string, more: Partial<Row> = {}): Row {
  const { kind, outcome } = row(what, section, []);
  const name_ = `hosts/${name}.http`;
  return { kind, file: name_, what, section, outcome, values: VALUES, body: "@0-200@", ...more };
}

const RESUMED = { from: 70, validator: '"v2"' };
const FOLLOWED = { body: "", wire: [WHOLE] };
const QUERY = `t=${"A".repeat(1200)}`;
const FILES: readonly Row[] = [
  file("package-status-without-reason", "a status line without its last blank", "9112 §4"),
  file("package-folded-header", "a folded line", "9112 §5.2"),
  file("package-content-encoding-empty", "an empty Content-Encoding", "9110 §5.6.1"),
  file("te-and-cl", "a coding beside another length", "9112 §6.3", { body: CHUNKS }),
  file("resume-206-from-0", "all of it as a part", "9110 §15.3.7", {
    ...RESUMED,
    outcome: GONE_ON,
  }),
  file("resume-cr-equals", "bytes=70- in Content-Range", "9110 §14.4", {
    ...RESUMED,
    body: "@70-200@",
    wire: [WHOLE],
    outcome: ANEW,
  }),
  file("resume-multipart", "a part in several parts", "9110 §15.3.7.2", {
    ...RESUMED,
    body: "--B\r\n\r\n@70-200@\r\n--B--",
    wire: [WHOLE],
    outcome: ANEW,
  }),
  file("redirect-dot-segments", "dots and a fragment in Location", "3986 §5.2.4", {
    ...FOLLOWED,
    outcome: "200 after /a/p, /pkg?a=b",
  }),
  file("redirect-long-location", "a signed URL in Location", "9110 §4.1", {
    ...FOLLOWED,
    outcome: `200 after /a/p, http://127.0.0.1:41883/pkg?${QUERY}`,
  }),
  file("github-like-302", "a head of 4 kB with a redirect", "9112 §5", {
    ...FOLLOWED,
    outcome: "200 after /a/p, http://127.0.0.1:45751/pkg",
  }),
];

const SYNTAX: readonly Row[] = [
  row("a blank and no reason", "9112 §4", `${head("HTTP/1.1 200 ", SIZE)}@0-200@`),
  row("a reason that is not ASCII", "9112 §4", `${head("HTTP/1.1 200 Gut gemäß", SIZE)}@0-200@`),
  row("HTTP/1.0", "9112 §2.3", `${head("HTTP/1.0 200 OK", SIZE)}@0-200@`),
  row("HTTP/1.0 without a length", "9112 §6.3", `${head("HTTP/1.0 200 OK")}@0-200@`),
  row("a later minor version", "9112 §2.3", `${head("HTTP/1.2 200 OK", SIZE)}@0-200@`),
  row("HTTP/2", "9112 §2.3", `${head("HTTP/2 200", SIZE)}@0-200@`, LOST),
  row("HTTP/0.9: a body alone", "9112 §2.3", "@0-200@", LOST),
  row("another protocol", "9112 §4", `${head("ICY 200 OK", SIZE)}@0-200@`, LOST),
  row("the name of it in small letters", "9112 §2.3", `${head("http/1.1 200 OK")}@0-200@`, LOST),
  row("a status of two digits", "9112 §4", `${head("HTTP/1.1 20 OK", SIZE)}@0-200@`, LOST),
  row("a status of four digits", "9112 §4", `${head("HTTP/1.1 2000 OK", SIZE)}@0-200@`, LOST),
  row("two blanks before the status", "9112 §4", `${head("HTTP/1.1  200 OK", SIZE)}@0-200@`, LOST),
  row("a line break before the status line", "9112 §2.2", `\r\n${WHOLE}`, LOST),
  row("line feeds alone", "9112 §2.2", `${OK}\n${SIZE}\n\n@0-200@`, LOST),
  row("carriage returns alone", "9112 §2.2", `${OK}\r${SIZE}\r\r@0-200@`, LOST),
  whole("a name in capitals", "9110 §5.1", "SERVER: A"),
  whole("a value in another encoding", "9110 §5.5", "Server: Größe"),
  whole("an empty value", "9110 §5.5", "Server:"),
  whole("a folded line of blanks", "9112 §5.2", "Server: a\r\n \r\n\t b"),
  whole("a blank before the colon", "9112 §5.1", "Server : a", LOST),
  whole("a line without a colon", "9112 §5", "Server", LOST),
  whole("a line without a name", "9112 §5", ": a", LOST),
  whole("a first line that is folded", "9112 §2.2", " Server: a"),
  whole("a line of 30 kB", "9112 §5", `X: ${"a".repeat(30_000)}`),
  whole("a head of more than 32 KiB", "9112 §5", `X: ${"a".repeat(33_000)}`, LOST),
  whole("Connection: close", "9112 §9.6", "Connection: close"),
  whole("Keep-Alive, and a list of options", "9110 §7.6.1", "Connection: , keep-alive ,Upgrade"),
  whole("an Upgrade that is offered", "9110 §7.8", "Upgrade: h2c"),
  whole("a cookie", "6265 §5.2", "Set-Cookie: a=b"),
  whole("a type of another kind", "9110 §8.3", "Content-Type: text/plain"),
  row("an end before any answer", "9112 §8", "", LOST),
  row("an end in the head", "9112 §8", "HTTP/1.1 200 OK\r\nContent-Le", LOST),
];

const LENGTHS: readonly Row[] = [
  sized("no blank behind the colon", "9112 §5", "Content-Length:200"),
  sized("blanks and tabs around the value", "9112 §5.1", "Content-Length: \t 200\t "),
  sized("the name in another case", "9110 §5.1", "CONTENT-length: 200"),
  sized("leading zeros", "9110 §8.6", "Content-Length: 000200"),
  sized("the same length twice", "9110 §8.6", "Content-Length: 200\r\nContent-Length: 200"),
  sized("a list of one length", "9110 §8.6", "Content-Length: 200, 200,200"),
  sized("empty elements of a list", "9110 §5.6.1", "Content-Length: , 200 ,"),
  sized("two lengths", "9112 §6.3", "Content-Length: 200\r\nContent-Length: 199", LOST),
  sized("a list of two lengths", "9112 §6.3", "Content-Length: 200, 199", LOST),
  sized("a sign", "9110 §8.6", "Content-Length: +200", LOST),
  sized("a negative length", "9110 §8.6", "Content-Length: -1", LOST),
  sized("hexadecimal digits", "9110 §8.6", "Content-Length: 0xc8", LOST),
  sized("a fraction", "9110 §8.6", "Content-Length: 200.0", LOST),
  sized("an empty length", "9110 §8.6", "Content-Length:", LOST),
  sized("more than a number holds", "9110 §8.6", `Content-Length: ${"9".repeat(20)}`, LOST),
  sized("no length: the end of the connection", "9112 §6.3", "Server: a"),
  row("more than the length", "9112 §6.3", `${WHOLE}more`),
  row("a length of nothing", "9110 §8.6", head(OK, "Content-Length: 0"), "402 after /a/p"),
  row(
    "less than the length, then the rest",
    "9112 §8",
    [`${head(OK, SIZE, 'ETag: "v2"')}@0-70@`, REST],
    `200 after /a/p, ${RANGE}`,
  ),
  row(
    "less than the length without a validator",
    "9110 §14.2",
    [`${head(OK, SIZE)}@0-70@`, REST],
    "200 after /a/p, /a/p bytes=70-",
  ),
  row(
    "a weak validator does not name the bytes",
    "9110 §13.1.5",
    [`${head(OK, SIZE, 'ETag: W/"v2"')}@0-70@`, REST],
    "200 after /a/p, /a/p bytes=70-",
  ),
  row(
    "a date of the last change does",
    "9110 §13.1.5",
    [`${head(OK, SIZE, "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT")}@0-70@`, REST],
    "200 after /a/p, /a/p bytes=70- if Wed, 21 Oct 2015 07:28:00 GMT",
  ),
  row(
    "no length, and less than the package says of itself",
    "9112 §8",
    [`${head(OK)}@0-70@`, REST],
    "200 after /a/p, /a/p bytes=70-",
  ),
];

function coded(what: string, section: string, line: string, body: string, outcome = TAKEN): Row {
  return row(what, section, `${head(OK, line)}${body}`, outcome);
}

const CODINGS: readonly Row[] = [
  coded("chunks", "9112 §7.1", CHUNKED, CHUNKS),
  coded("the coding in capitals", "9112 §7", "Transfer-Encoding: CHUNKED", CHUNKS),
  coded("empty elements around it", "9110 §5.6.1", "Transfer-Encoding: , chunked,", CHUNKS),
  coded("a wrong length beside it", "9112 §6.3", `Content-Length: x\r\n${CHUNKED}`, CHUNKS),
  coded("digits of both cases", "9112 §7.1", CHUNKED, "c8\r\n@0-200@\r\n0\r\n\r\n"),
  coded("capitals and zeros", "9112 §7.1", CHUNKED, "000C8\r\n@0-200@\r\n000\r\n\r\n"),
  coded("an extension", "9112 §7.1.1", CHUNKED, 'c8;a="b;c"\r\n@0-200@\r\n0;d\r\n\r\n'),
  coded("blanks behind a size", "9112 §7.1.1", CHUNKED, "c8  \r\n@0-200@\r\n0\r\n\r\n"),
  coded("a trailer", "9112 §7.1.2", CHUNKED, `${CHUNKS.slice(0, -2)}Digest: a\r\nB: c\r\n\r\n`),
  coded("a trailing length", "9110 §6.5.1", CHUNKED, `${CHUNKS.slice(0, -2)}${SIZE}\r\n\r\n`),
  coded("a size that is none", "9112 §7.1", CHUNKED, "x\r\n@0-200@\r\n0\r\n\r\n", LOST),
  coded("a size with a sign", "9112 §7.1", CHUNKED, "-1\r\n@0-200@\r\n0\r\n\r\n", LOST),
  coded("a size of nine digits", "9112 §7.1", CHUNKED, "100000000\r\n@0-200@", LOST),
  coded("an empty size", "9112 §7.1", CHUNKED, "\r\n@0-200@\r\n0\r\n\r\n", LOST),
  coded("a size of eight digits", "9112 §7.1", CHUNKED, "000000c8\r\n@0-200@\r\n0\r\n\r\n"),
  coded("one more", "9112 §7.1", CHUNKED, "0000000c8\r\n@0-200@\r\n0\r\n\r\n", LOST),
  coded("64 bytes of list", "9110 §5.6.1", `Transfer-Encoding: ${",".repeat(57)}chunked`, CHUNKS),
  coded("one more", "9112 §6.1", `Transfer-Encoding: ${",".repeat(58)}chunked`, CHUNKS, LOST),
  coded("gzip before chunked", "9112 §6.1", "Transfer-Encoding: gzip, chunked", CHUNKS, LOST),
  coded("another coding", "9112 §6.1", "Transfer-Encoding: identity", "@0-200@", LOST),
  coded("chunked twice", "9112 §6.1", "Transfer-Encoding: chunked, chunked", CHUNKS, LOST),
  row("chunked in HTTP/1.0", "9112 §6.1", `${head("HTTP/1.0 200 OK", CHUNKED)}${CHUNKS}`, LOST),
  row(
    "an end between chunks",
    "9112 §8",
    [`${head(OK, CHUNKED)}46\r\n@0-70@\r\n`, REST],
    "200 after /a/p, /a/p bytes=70-",
  ),
  row(
    "an end before the last line break",
    "9112 §8",
    [
      `${head(OK, CHUNKED)}c8\r\n@0-200@\r\n0\r\n`,
      head("HTTP/1.1 416 X", "Content-Range: bytes */200"),
    ],
    "200 after /a/p, /a/p bytes=200-",
  ),
  row(
    "more in a chunk than its size",
    "9112 §7.1",
    [`${head(OK, CHUNKED)}46\r\n@0-71@\r\n0\r\n\r\n`, REST],
    "200 after /a/p, /a/p bytes=70-",
  ),
];

const CODED = "500 after /a/p";
const CONTENT_CODINGS: readonly Row[] = [
  whole("identity", "9110 §12.5.3", "Content-Encoding: identity"),
  whole("identity in capitals in a list", "9110 §8.4", "Content-Encoding: ,Identity ,"),
  whole("gzip that nobody asked for", "9110 §8.4", "Content-Encoding: gzip", CODED),
  whole("x-gzip", "9110 §8.4.1.3", "Content-Encoding: x-gzip", CODED),
  whole("a coding behind identity", "9110 §8.4", "Content-Encoding: identity, br", CODED),
];

const INTERIM: readonly Row[] = [
  row("100 before the answer", "9110 §15.2.1", head("HTTP/1.1 100 Continue") + WHOLE),
  row("103 with headers", "8297 §2", head("HTTP/1.1 103 X", "Link: </a>", "ETag: a") + WHOLE),
  row("four of them", "9110 §15.2", head("HTTP/1.1 199 X").repeat(4) + WHOLE),
  row("five of them", "9110 §15.2", head("HTTP/1.1 100 Continue").repeat(5) + WHOLE, LOST),
  row("101 that nobody asked for", "9110 §15.2.2", head("HTTP/1.1 101 X") + WHOLE, LOST),
  row("100 and nothing behind it", "9110 §15.2.1", head("HTTP/1.1 100 Continue"), LOST),
];

const TO_199 = "Content-Range: bytes 70-199/200";
const PARTS: readonly Row[] = [
  part("the rest", "9110 §15.3.7", [TO_199, "Content-Length: 130"], GONE_ON),
  part("the rest without a length", "9110 §15.3.7", [TO_199], GONE_ON),
  part("a unit in capitals", "9110 §14.1", ["Content-Range: BYTES 70-199/200"], GONE_ON),
  part("zeros before numbers", "9110 §14.4", ["Content-Range: bytes 0070-0199/0200"], GONE_ON),
  part("blanks in it", "9110 §14.4", ["Content-Range: bytes  70-199 / 200"], GONE_ON),
  part("an unknown total", "9110 §14.4", ["Content-Range: bytes 70-199/*"], GONE_ON),
  part("no Content-Range", "9110 §15.3.7", ["Content-Length: 130"], ANEW),
  part("another unit", "9110 §14.1", ["Content-Range: items 70-199/200"], ANEW),
  part("no total", "9110 §14.4", ["Content-Range: bytes 70-199"], ANEW),
  part("an end before its start", "9110 §14.4", ["Content-Range: bytes 70-69/200"], ANEW),
  part("an end past the total", "9110 §14.4", ["Content-Range: bytes 70-200/200"], ANEW),
  part("another start", "9110 §15.3.7", ["Content-Range: bytes 71-199/200"], ANEW),
  part("another total", "9110 §15.3.7", ["Content-Range: bytes 70-199/201"], ANEW),
  part("another length than it says", "9110 §14.4", [TO_199, "Content-Length: 129"], ANEW),
  part("another version", "9110 §13.1.5", [TO_199, 'ETag: "v3"'], ANEW),
  part("the same version", "9110 §13.1.5", [TO_199, 'ETag: "v2"'], GONE_ON),
  rest(
    "less than was asked for, then the rest",
    "9110 §15.3.7",
    [
      `${head(PARTIAL, "Content-Range: bytes 70-99/200")}@70-100@`,
      `${head(PARTIAL, "Content-Range: bytes 100-199/200")}@100-200@`,
    ],
    `200 after ${RANGE}, /a/p bytes=100- if "v2"`,
  ),
  rest("200: ranges are not known, or it changed", "9110 §14.2", [WHOLE], GONE_ON),
  row("206 that nobody asked for, and whole", "9110 §15.3.7", `${head(PARTIAL, SIZE)}@0-200@`),
  row(
    "206 that nobody asked for, and a part",
    "9110 §15.3.7",
    [`${head(PARTIAL, "Content-Range: bytes 0-69/200")}@0-70@`, REST],
    "200 after /a/p, /a/p bytes=70-",
  ),
  ...["400 X", "403 X", "404 X", "405 X", "412 X", "416 X", "417 X", "431 X", "501 X"].map((line) =>
    rest(
      `${line.slice(0, 3)} to a part`,
      "9110 §15.5",
      [head(`HTTP/1.1 ${line}`, "Content-Length: 0"), WHOLE],
      ANEW,
    ),
  ),
  {
    ...rest(
      "416 at the end of it",
      "9110 §15.5.17",
      [head("HTTP/1.1 416 X", "Content-Range: bytes */200", "Content-Length: 0")],
      '200 after /a/p bytes=200- if "v2"',
    ),
    from: 200,
  },
];

const MOVED = "HTTP/1.1 301 Moved";
const TO_B = "200 after /a/p, /b";
const REDIRECTS: readonly Row[] = [
  ...[301, 302, 303, 307, 308].map((code) =>
    row(
      `${code}`,
      "9110 §15.4",
      [head(`HTTP/1.1 ${code} X`, "Location: /b", "Content-Length: 0"), WHOLE],
      TO_B,
    ),
  ),
  redirect("an address without scheme", "3986 §4.2", "//g/b", "200 after /a/p, http://g/b"),
  redirect("a relative path", "3986 §5.3", "b", "200 after /a/p, /a/b"),
  redirect("dots", "3986 §5.2.4", "../../../c/./d/../b", "200 after /a/p, /c/b"),
  redirect("a query alone", "3986 §5.3", "?a=b", "200 after /a/p, /a/p?a=b"),
  redirect("a fragment", "9110 §10.2.2", "/b#c", TO_B),
  redirect("a port and a host in capitals", "3986 §6.2.2.1", "HTTP://H:80/b", TO_B),
  redirect("a blank and braces", "3986 §2.1", "/b c{d}", "200 after /a/p, /b%20c%7Bd%7D"),
  redirect("UTF-8", "3987 §3.1", "/ä", "200 after /a/p, /%C3%A4"),
  redirect("white space around it", "9110 §5.5", " \t/b\t", TO_B),
  redirect("another scheme", "9110 §15.4", "ftp://h/b", "411 after /a/p"),
  redirect("a user", "9110 §4.2.4", "http://a:b@AT@h/b", "411 after /a/p"),
  redirect("a backslash", "3986 §2.1", "http:\\\\h\\b", "411 after /a/p"),
  redirect(
    "a label of 63 letters",
    "1035 §2.3.4",
    `http://${"g".repeat(63)}/b`,
    `200 after /a/p, http://${"g".repeat(63)}/b`,
  ),
  redirect("one more", "1035 §2.3.4", `http://${"g".repeat(64)}/b`, "411 after /a/p"),
  redirect("a host that is none", "3986 §3.2.2", "http://h_h%/b", "411 after /a/p"),
  row(
    "a Location that comes twice",
    "9110 §5.3",
    [head(MOVED, "Location: /b", "Location: /c", "Content-Length: 0"), WHOLE],
    TO_B,
  ),
  row("no Location", "9110 §15.4", head(MOVED, "Content-Length: 0"), "500 after /a/p"),
  row(
    "a body that is not read",
    "9110 §15.4",
    [`${head(MOVED, "Location: /b", CHUNKED)}5\r\nmoved\r\n0\r\n\r\n`, WHOLE],
    TO_B,
  ),
  row(
    "five in a row",
    "9110 §15.4",
    [..."bcdef"].map((to) => head(MOVED, `Location: /${to}`)).concat(WHOLE),
    "200 after /a/p, /b, /c, /d, /e, /f",
  ),
  row(
    "six in a row",
    "9110 §15.4",
    [..."bcdefg"].map((to) => head(MOVED, `Location: /${to}`)).concat(WHOLE),
    "411 after /a/p, /b, /c, /d, /e, /f",
  ),
  row("a circle", "9110 §15.4", head(MOVED, "Location: /a/p"), "411 after /a/p ×6"),
];

const AGAIN = "Retry-After: 1";
const STATUSES: readonly Row[] = [
  status("203 Non-Authoritative", "9110 §15.3.4", CODED),
  status("204 No Content", "9110 §15.3.5", CODED),
  status("300 Multiple Choices", "9110 §15.4.1", CODED),
  status("304 Not Modified", "9110 §15.4.5", CODED),
  status("400 Bad Request", "9110 §15.5.1", CODED),
  status("401 Unauthorized", "9110 §15.5.2", "406 after /a/p", "WWW-Authenticate: Basic"),
  status("403 Forbidden", "9110 §15.5.4", "406 after /a/p"),
  status("404 Not Found", "9110 §15.5.5", "412 after /a/p"),
  status("407 Proxy", "9110 §15.5.8", "406 after /a/p"),
  status("408 Request Timeout", "9110 §15.5.9", "407 after /a/p ×8"),
  status("410 Gone", "9110 §15.5.11", "412 after /a/p"),
  status("418 of a joke", "9110 §15.5.19", CODED),
  status("421 Misdirected", "9110 §15.5.20", CODED),
  status("429 Too Many", "6585 §4", "412 after /a/p ×8", AGAIN),
  status("451 Unavailable", "7725 §3", CODED),
  status("500 Internal", "9110 §15.6.1", "500 after /a/p ×8"),
  status("502 Bad Gateway", "9110 §15.6.3", "500 after /a/p ×8"),
  status("503 Unavailable", "9110 §15.6.4", "412 after /a/p ×8", AGAIN),
  status("504 Timeout", "9110 §15.6.5", "500 after /a/p ×8"),
  status("599 of a proxy", "9110 §15", "500 after /a/p ×8"),
];

const PAGE = "412 after /a/p ×8";
const HTML = "<!DOCTYPE html><title>Sign in</title>";
const PAGES: readonly Row[] = [
  whole("a package that is called HTML", "9110 §8.3", "Content-Type: text/html"),
  row("a page", "9110 §8.3", head(OK, "Content-Type: text/html; charset=utf-8") + HTML, PAGE),
  row("a page without a type", "9110 §8.3", `${head(OK)}\n ${HTML}`, PAGE),
  row("16 blanks before a page", "9110 §8.3", `${head(OK)}${" ".repeat(16)}${HTML}`, PAGE),
  row(
    "17 of them: no page any more",
    "9110 §8.3",
    `${head(OK, `Content-Length: ${17 + HTML.length}`)}${" ".repeat(17)}${HTML}`,
    "402 after /a/p",
  ),
  row("XHTML", "9110 §8.3", `${head(OK, "Content-Type: application/xhtml+xml")}<?xml?>`, PAGE),
];

export const HOSTS: readonly Row[] = [
  ...FILES,
  ...SYNTAX,
  ...LENGTHS,
  ...CODINGS,
  ...CONTENT_CODINGS,
  ...INTERIM,
  ...PARTS,
  ...REDIRECTS,
  ...STATUSES,
  ...PAGES,
];
