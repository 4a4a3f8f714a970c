/** Rows of the corpus: the HTTP around a server's message to a device that has opened a session. */
import { DONE, GET, head, message, type Row } from "./row.ts";

const XML = "Content-Type: application/vnd.syncml.dm+xml";
const LENGTH = "Content-Length: @LENGTH@";
const OK = "HTTP/1.1 200 OK";
const STATUS =
  "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>" +
  "<Data>200</Data></Status>";
const TEXT = message(`${STATUS}${GET}<Final/>`);
const CHUNKED = "Transfer-Encoding: chunked";
const CHUNKS = "@HEX@\r\n@BODY@\r\n0\r\n\r\n";
const GOOD = `${head(OK, XML, LENGTH)}@BODY@`;

function row(what: string, section: string, wire: string | readonly string[], outcome = DONE): Row {
  const answers = typeof wire === "string" ? [wire] : wire;
  return { kind: "answer", what, section, text: TEXT, wire: answers, outcome };
}

function ends(what: string, section: string, wire: string | readonly string[], why: string): Row {
  return row(what, section, wire, `the end: ${why}`);
}

/** An answer whose type is told in this way. */
function typed(what: string, section: string, line: string): Row {
  return row(what, section, `${head(OK, line, LENGTH)}@BODY@`);
}

const TYPES: readonly Row[] = [
  typed("no type", "9110 §8.3", "Server: a"),
  typed("a charset", "B §5.4", `${XML}; charset=utf-8`),
  typed("a charset in quotes, in capitals", "9110 §8.3.1", `${XML};CHARSET="UTF-8"`),
  typed("a type in capitals", "9110 §8.3.1", XML.toUpperCase()),
  typed("the type of SyncML 1.1", "B §5.4", "Content-Type: application/vnd.syncml+xml"),
  ends(
    "text/xml",
    "B §5.4",
    `${head(OK, "Content-Type: text/xml", LENGTH)}@BODY@`,
    "the server answered with the media type text/xml",
  ),
  ends(
    "a page of a portal",
    "B §5.4",
    `${head(OK, "Content-Type: text/html; charset=utf-8", LENGTH)}@BODY@`,
    "the server answered with the media type text/html; charset=utf-8",
  ),
];

const CODED = "the server's answer is coded with";
const BODIES: readonly Row[] = [
  row("chunks", "9112 §7.1", `${head(OK, XML, CHUNKED)}${CHUNKS}`),
  row(
    "chunks with an extension and a trailer",
    "9112 §7.1.1",
    `${head(OK, XML, CHUNKED)}@HEX@;a=b\r\n@BODY@\r\n0\r\nA: b\r\n\r\n`,
  ),
  row(
    "a wrong length beside chunks",
    "9112 §6.3",
    `${head(OK, XML, "Content-Length: 3", CHUNKED)}${CHUNKS}`,
  ),
  row("neither a length nor chunks", "9112 §6.3", `${head(OK, XML)}@BODY@`),
  row("HTTP/1.0", "9112 §2.3", `${head("HTTP/1.0 200 OK", XML)}@BODY@`),
  row("line breaks behind the message", "X §2.1", `${head(OK, XML)}@BODY@\r\n\r\n`),
  row("more than the length", "9112 §6.3", `${GOOD}more`),
  ends(
    "less than the length",
    "9112 §8",
    `${head(OK, XML, "Content-Length: 9999")}@BODY@`,
    "the body ends early",
  ),
  ends(
    "an end between chunks",
    "9112 §8",
    `${head(OK, XML, CHUNKED)}@HEX@\r\n@BODY@\r\n`,
    "the answer ends early",
  ),
  ends(
    "two lengths",
    "9112 §6.3",
    `${head(OK, XML, LENGTH, "Content-Length: 1")}@BODY@`,
    "bad Content-Length",
  ),
  ends(
    "gzip",
    "9110 §8.4",
    `${head(OK, XML, "Content-Encoding: gzip", LENGTH)}@BODY@`,
    `${CODED} gzip, which nobody asked for`,
  ),
  ends(
    "deflate in a list",
    "9110 §8.4",
    `${head(OK, XML, "Content-Encoding: identity, DEFLATE", LENGTH)}@BODY@`,
    `${CODED} deflate, which nobody asked for`,
  ),
  row("identity", "9110 §8.4", `${head(OK, XML, "Content-Encoding: identity", LENGTH)}@BODY@`),
  row("an empty coding", "9110 §5.6.1", `${head(OK, XML, "Content-Encoding:", LENGTH)}@BODY@`),
];

const HEADS: readonly Row[] = [
  row("no reason", "9112 §4", `${head("HTTP/1.1 200", XML, LENGTH)}@BODY@`),
  row(
    "names in another case",
    "9110 §5.1",
    `${head(OK, XML.replace("C", "c"), "CONTENT-LENGTH:@LENGTH@")}@BODY@`,
  ),
  row(
    "a folded line",
    "9112 §5.2",
    `${head(OK, "Content-Type:\r\n application/vnd.syncml.dm+xml", LENGTH)}@BODY@`,
  ),
  row("100 before it", "9110 §15.2.1", head("HTTP/1.1 100 Continue") + GOOD),
  row("a cookie", "6265 §5.2", `${head(OK, XML, "Set-Cookie: JSESSIONID=1", LENGTH)}@BODY@`),
  row("a head of 20 kB", "9112 §5", `${head(OK, `X: ${"a".repeat(20_000)}`, XML, LENGTH)}@BODY@`),
  ends("line feeds alone", "9112 §2.2", `${OK}\n${XML}\n\n@BODY@`, "a bare CR or LF in the head"),
  ends(
    "HTTP/2",
    "9112 §2.3",
    `${head("HTTP/2 200", XML)}@BODY@`,
    "another version than HTTP/1 is not supported",
  ),
  ends("a message alone", "9112 §4", "@BODY@", "the answer ends early"),
  ends("nothing", "9112 §8", "", "the answer ends early"),
];

const NOT = "the server answered HTTP";
const WANTS = "it wants credentials of HTTP, which are not supported";
const AWAY = "not where the account's server is";

function moved(code: number, location: string): string {
  return head(`HTTP/1.1 ${code} X`, `Location: ${location}`, "Content-Length: 0");
}

const STATUSES: readonly Row[] = [
  ...[201, 202, 204, 206, 301, 302, 303, 304, 400, 403, 404, 405, 411, 413, 500, 502, 503].map(
    (code) => ends(`${code}`, "B §5", head(`HTTP/1.1 ${code} X`, LENGTH), `${NOT} ${code}`),
  ),
  ends(
    "401",
    "9110 §15.5.2",
    head("HTTP/1.1 401 X", "WWW-Authenticate: Basic"),
    `${NOT} 401: ${WANTS}`,
  ),
  ends("407", "9110 §15.5.8", head("HTTP/1.1 407 X"), `${NOT} 407: ${WANTS}`),
  row("307 within the server", "9110 §15.4.8", [moved(307, "/dm2"), GOOD]),
  row("308 to a relative path", "9110 §15.4.9", [moved(308, "../dm2?a=b"), GOOD]),
  ends(
    "308 to another host",
    "9110 §15.4.9",
    moved(308, "http://g/dm"),
    `HTTP 308 leads to g: ${AWAY}`,
  ),
  ends(
    "307 to another port",
    "9110 §15.4.8",
    moved(307, "http://h:8080/dm"),
    `HTTP 307 leads to h: ${AWAY}`,
  ),
  ends("307 to https", "9110 §15.4.8", moved(307, "https://h/dm"), `HTTP 307 leads to h: ${AWAY}`),
  ends(
    "307 without Location",
    "9110 §15.4.8",
    head("HTTP/1.1 307 X", LENGTH),
    `${NOT} 307 without a Location`,
  ),
  ends(
    "307 in a circle",
    "9110 §15.4",
    moved(307, "/dm"),
    "the server redirects, and 5 redirects were followed",
  ),
];

export const POSTS: readonly Row[] = [...TYPES, ...BODIES, ...HEADS, ...STATUSES];
