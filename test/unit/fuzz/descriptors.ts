/**
 * Download descriptors: whatever they say, the device goes nowhere but where the rules allow, and
 * shows people one line.
 */
import { DESCRIPTOR_TEXT_BYTES_MAX } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { readDescriptor } from "../../../src/download/descriptor.ts";
import { admitUrl, type UrlRules } from "../../../src/base/urlrules.ts";
import type { Choices } from "./choices.ts";
import { address } from "../base/address.ts";
import { must, type Parser } from "./parser.ts";

const BASE = address("https://host.example/packages/fw.dd?id=1");
const RULES: UrlRules = { allowHttp: true, allowPrivate: false };
const TYPES = ["application/octet-stream", "application/x-firmware"];
const NAMES = [
  "objectURI",
  "size",
  "type",
  "installNotifyURI",
  "nextURL",
  "DDVersion",
  "name",
  "vendor",
  "description",
  "infoURL",
  "iconURI",
  "installParam",
  "x",
  "media",
];
const VALUES = [
  "fw.bin",
  "/fw",
  "//other.example/fw",
  "https://host.example/",
  "http://host.example/",
  "https://10.0.0.1/",
  "http://[::1]/",
  "1",
  "1234",
  "0",
  "1.0",
  "2.0",
  "application/octet-stream",
  "Application/X-Firmware; a=b",
  "image/gif",
  "Pump &amp; valve",
  "<![CDATA[a<b]]>",
  "&#10;State",
  "",
  " ",
];

function check(input: Uint8Array): boolean {
  const reading = readDescriptor(input, input.length, BASE, RULES, TYPES);
  for (const url of "fault" in reading
    ? [reading.notify]
    : [reading.url, reading.notify, reading.next]) {
    if (url === undefined) continue;
    must(typeof admitUrl(url, RULES, BASE) !== "string", `it leads to ${url}`);
  }
  if ("fault" in reading) {
    must(reading.problem !== "", "refused, and not said why");
    return false;
  }
  must(Number.isSafeInteger(reading.size) && reading.size > 0, `a size of ${reading.size}`);
  for (const shown of [reading.name, reading.vendor, reading.text]) {
    const bytes = utf8(shown);
    must(
      bytes.length <= DESCRIPTOR_TEXT_BYTES_MAX &&
        bytes.every((byte) => byte >= 0x20 && byte !== 0x7f),
      `a text for people: ${shown}`,
    );
  }
  return true;
}

function media(inside: string): Uint8Array {
  return utf8(
    `<?xml version="1.0"?>\n<media xmlns="http://www.openmobilealliance.org/xmlns/dd">` +
      `${inside}</media>`,
  );
}

const NEEDED =
  "<objectURI>fw.bin</objectURI><size>1234</size><type>application/octet-stream</type>";

/** What is needed, mostly, and elements as chance has them. */
function make(choices: Choices): Uint8Array {
  let inside = choices.of(4) === 0 ? "" : NEEDED;
  for (let count = choices.of(6); count > 0; count--) {
    const name = choices.from(NAMES);
    const element = `<${name}>${choices.from(VALUES)}</${name}>`;
    inside = choices.of(2) === 0 ? inside + element : element + inside;
  }
  return media(inside);
}

export const DESCRIPTORS: Parser = {
  name: "download descriptors",
  weight: 4,
  check,
  make,
  corpus: [
    media(NEEDED),
    media(
      `<DDVersion>1.0</DDVersion><name>Pump &amp; valve</name><vendor>ACME</vendor><description>` +
        `closes</description>${NEEDED}` +
        "<installNotifyURI>/status</installNotifyURI><nextURL>https://other.example/</nextURL>" +
        "<infoURL>/i</infoURL><installParam>a</installParam>",
    ),
    media(`${NEEDED}<x><y><z>1</z></y></x>`),
    media(`${NEEDED}<name>a<b/></name>`),
    media(`${NEEDED}<size>2</size>`),
    media(NEEDED.replace("fw.bin", "http://10.0.0.1/")),
    media(NEEDED.replace("1234", "99999999999999999999")),
    utf8('<!DOCTYPE media [<!ENTITY a "x">]><media>&a;</media>'),
    utf8(`<m:media xmlns:m="u">${NEEDED}</m:media>`),
    utf8("<media/>"),
  ],
  words: [
    ...NAMES.map((name) => `<${name}>`),
    "</",
    "/>",
    "<![CDATA[",
    "]]>",
    "&#",
    "<!--",
    "<?",
    "https://",
    "127.0.0.1",
    "@",
  ].map((word) => utf8(word)),
};
