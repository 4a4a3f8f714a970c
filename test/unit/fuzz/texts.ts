/**
 * Short texts with a grammar of their own: URIs of the tree, ACLs, options of alerts, URLs,
 * x-syncml-hmac, base64 in pieces.
 */
import { base64, fromBase64 } from "../../../src/base/base64.ts";
import { equal } from "../../../src/base/bytes.ts";
import { ACL_BYTES_MAX, URI_BYTES_MAX, URI_DEPTH_MAX } from "../../../src/base/limits.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { originText, parseUrl, type Url, urlText } from "../../../src/base/url.ts";
import { Base64Chunks } from "../../../src/session/base64chunks.ts";
import { parseOptions } from "../../../src/session/interaction.ts";
import { responseUrl } from "../../../src/session/peer.ts";
import { checkMac } from "../../../src/account/mac.ts";
import { aclText, parseAcl } from "../../../src/tree/acl.ts";
import { parseUri, uriText, validName } from "../../../src/tree/uri.ts";
import { address } from "../base/address.ts";
import { must, type Parser } from "./parser.ts";

const STATUSES: readonly number[] = [404, 406, 414];
const ORIGIN = "https://dm.example";
const ACCOUNT = address(`${ORIGIN}/dm`);
const SIXTEEN = new Uint8Array(16);

/** The characters of the input; bytes that are none are left to the readers of text. */
function textOf(input: Uint8Array): string | undefined {
  try {
    return text(input, 0, input.length);
  } catch {
    return undefined;
  }
}

function checkUri(value: string): boolean {
  const uri = parseUri(value);
  if (typeof uri === "number") {
    must(STATUSES.includes(uri), `a status that a URI does not have: ${uri}`);
    return false;
  }
  must(
    uri.segments.length <= URI_DEPTH_MAX && uri.segments.every(validName),
    "a segment that is no name",
  );
  const one = uriText(uri.segments);
  const again = parseUri(one);
  const same =
    utf8(one).length > URI_BYTES_MAX ||
    (typeof again === "object" && uriText(again.segments) === one);
  must(same, "its one spelling is another node");
  return true;
}

function checkAcl(value: string): boolean {
  const acl = utf8(value).length > ACL_BYTES_MAX ? undefined : parseAcl(value);
  if (acl === undefined) return false;
  const once = aclText(acl);
  const again = parseAcl(once);
  must(again !== undefined && aclText(again) === once, `${value} becomes ${once}`);
  return true;
}

function checkUrl(value: string): boolean {
  const url = parseUrl(value);
  const answer = responseUrl(value, ACCOUNT);
  if (typeof answer !== "string") {
    must(originText(answer) === ORIGIN, `an answer would go to ${urlText(answer)}`);
    checkSpelling(answer);
  }
  must(url !== "" && answer !== "", "refused, and not said why");
  if (typeof url === "string") return false;
  checkSpelling(url);
  return true;
}

/** What is admitted is one line of printable ASCII, and reads back as itself. */
function checkSpelling(url: Url): void {
  const spelled = urlText(url);
  must(
    utf8(spelled).every((byte) => byte > 0x20 && byte < 0x7f),
    `a request for ${spelled}`,
  );
  const again = parseUrl(spelled);
  must(
    typeof again !== "string" &&
      again.scheme === url.scheme &&
      again.host === url.host &&
      again.port === url.port &&
      again.path === url.path,
    `${spelled} reads back otherwise`,
  );
}

function checkBase64(input: Uint8Array): boolean {
  const whole = fromBase64(textOf(input) ?? "*");
  const chunks = new Base64Chunks();
  const pieces: number[] = [];
  let good = true;
  for (let from = 0; from < input.length && good; from += 7) {
    const runs = chunks.decode(input.slice(from, from + 7));
    if (runs === undefined) good = false;
    else for (const run of runs) pieces.push(...run);
  }
  const rest = good ? chunks.end() : undefined;
  if (rest !== undefined) pieces.push(...rest);
  if (whole === undefined) return false;
  must(
    rest !== undefined && equal(Uint8Array.from(pieces), whole),
    "pieces are not what the whole is",
  );
  must(fromBase64(base64(whole))?.length === whole.length, "it does not come back");
  return true;
}

function check(input: Uint8Array): boolean {
  for (const [name, value] of parseOptions(input))
    must(name === name.trim() && typeof value === "string", "an option");
  const decoded = checkBase64(input);
  const value = textOf(input);
  if (value === undefined) return decoded;
  must(!checkMac(value, "name", "secret", SIXTEEN, SIXTEEN), "a MAC of nobody is right");
  return [checkUri, checkAcl, checkUrl].filter((accepts) => accepts(value)).length > 0 || decoded;
}

export const TEXTS: Parser = {
  name: "URIs, ACLs, options, URLs, base64",
  weight: 10,
  check,
  corpus: [
    "./FwUpdate/Main/State",
    ".",
    "./",
    "A//b",
    "./A/../b",
    "DevInfo?prop=ACL",
    "./DevInfo?list=TNDS+Value-ACL",
    "a".repeat(65),
    "Add=*&Get=*",
    "Get=a+b&Replace=c",
    "Get=&Add=*",
    "Get=a&Get=b",
    "MINDT=10&MAXDT=20&DR=John+Doe&ET=T",
    "DR=2-3&%4d=%zz&=&x",
    "https://dm.example/next?id=1",
    "/next",
    "//evil.example/",
    "https://dm.example.evil/",
    "http://127.0.0.1:8080/p#f",
    "http://[::1]/",
    "http://[::FFFF:1.2.3.4]:080/./a/../%2e%2E/b%zz?{'}#f",
    "https://dm.example/ü [x]|^`",
    "HTTPS://DM.example:443/",
    "../a/./b/..",
    "http://0x7f.1/",
    'algorithm=MD5, username="name", mac=AAAAAAAAAAAAAAAAAAAAAA==',
    'username="a\\"b", mac=',
    "QUJD",
    "QUI=",
    "QQ==",
    "QUJ",
    "QU JD\r\nQQ",
  ].map((value) => utf8(value)),
  words: [
    "./",
    "?prop=",
    "?list=",
    "&",
    "Get=",
    "+",
    "https://",
    "[::",
    "../",
    "%2e",
    "ü",
    "%",
    ", mac=",
    "==",
    '\\"',
  ].map((word) => utf8(word)),
};
