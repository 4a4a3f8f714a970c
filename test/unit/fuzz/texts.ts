/**
 * Short texts with a grammar of their own: URIs of the tree, ACLs, options of alerts, URLs,
 * x-syncml-hmac, base64 in pieces.
 */
import { base64, fromBase64 } from "../../../src/base/base64.ts";
import { equal, find } from "../../../src/base/bytes.ts";
import { ACL_BYTES_MAX, URI_BYTES_MAX, URI_DEPTH_MAX } from "../../../src/base/limits.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { parseUrl, urlText } from "../../../src/download/url.ts";
import { Base64Chunks } from "../../../src/session/base64chunks.ts";
import { parseOptions } from "../../../src/session/interaction.ts";
import { responseUrl } from "../../../src/session/respuri.ts";
import { checkMac } from "../../../src/syncml/mac.ts";
import { aclText, parseAcl } from "../../../src/tree/acl.ts";
import { parseUri, uriText, validName } from "../../../src/tree/uri.ts";
import { must, type Parser } from "./parser.ts";

const STATUSES: readonly number[] = [404, 406, 414];
const ORIGIN = "https://dm.example";
const ACCOUNT = `${ORIGIN}/dm`;
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
  must(
    answer === undefined || answer.toLowerCase().startsWith(ORIGIN),
    `an answer would go to ${answer ?? ""}`,
  );
  if (answer !== undefined)
    must(
      find(utf8(answer), 0, 0x0a) < 0 && find(utf8(answer), 0, 0x20) < 0,
      "a line break in a request",
    );
  if (url === undefined) return false;
  const again = parseUrl(urlText(url));
  must(again !== undefined && urlText(again) === urlText(url), `${value} becomes ${urlText(url)}`);
  return true;
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
    'algorithm=MD5, username="name", mac=AAAAAAAAAAAAAAAAAAAAAA==',
    'username="a\\"b", mac=',
    "QUJD",
    "QUI=",
    "QQ==",
    "QUJ",
    "QU JD\r\nQQ",
  ].map((value) => utf8(value)),
  words: ["./", "?prop=", "?list=", "&", "Get=", "+", "https://", "%", ", mac=", "==", '\\"'].map(
    (word) => utf8(word),
  ),
};
