/**
 * Download descriptors (OMA Download 1.0): what is taken from them, and what is wrong with those
 * that are not taken.
 */
import {
  ADDRESS_BYTES_MAX,
  DESCRIPTOR_TEXT_BYTES_MAX,
  DESCRIPTOR_TYPES_MAX,
  ELEMENT_DEPTH_MAX,
  URL_BYTES_MAX,
} from "../../../src/base/limits.ts";
import type { UrlRules } from "../../../src/base/urlrules.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import {
  type DescriptorReading,
  mediaType,
  readDescriptor,
} from "../../../src/download/descriptor.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { address } from "../base/address.ts";

const STRICT: UrlRules = { allowHttp: true, allowPrivate: false };
const TYPES = ["application/octet-stream", "application/x-firmware"];
const NEEDED =
  "<objectURI>fw.bin</objectURI><size>1234</size><type>application/octet-stream</type>";

function read(
  document: string,
  from = "https://h/dd/fw.dd?x=1",
  rules = STRICT,
): DescriptorReading {
  const bytes = utf8(document);
  return readDescriptor(bytes, bytes.length, address(from), rules, TYPES);
}

const DECLARATION = '<?xml version="1.0"?>';
const element = (inside: string): string =>
  `<media xmlns="http://www.openmobilealliance.org/xmlns/dd">${inside}</media>`;
const media = (inside: string): string => `${DECLARATION}${element(inside)}`;

/** "fault: problem", and where it is reported. */
function fault(document: string, from?: string, rules?: UrlRules): string {
  const reading = read(document, from, rules);
  return "fault" in reading
    ? `${reading.fault}: ${reading.problem}` +
        `${reading.notify === undefined ? "" : ` → ${reading.notify}`}`
    : "none";
}

test("a whole descriptor: absolute URLs, trimmed texts; other devices' parts are skipped", () => {
  deepEqual(
    read(
      media(`
    <DDVersion> 1.0 </DDVersion><name>Pump &amp; valve</name><vendor><![CDATA[ACME <Ltd>]]></vendor>
    <description>
      closes the valve </description>
    <objectURI>../fw.bin?v=2&amp;x</objectURI><size> 1234 </size>
    <type>Application/X-Firmware; v=1</type>
    <installNotifyURI>//n.example/status</installNotifyURI><nextURL>/next</nextURL>
    <infoURL>http://10.0.0.1/</infoURL><iconURI>ftp://x/</iconURI>
    <installParam>a=b</installParam>`),
    ),
    {
      url: "https://h/fw.bin?v=2&x",
      size: 1234,
      notify: "https://n.example/status",
      next: "https://h/next",
      name: "Pump & valve",
      vendor: "ACME <Ltd>",
      text: "closes the valve",
    },
  );
});

test("a descriptor needs objectURI, size and type, and nothing else", () => {
  deepEqual(read(media(NEEDED)), {
    url: "https://h/dd/fw.bin",
    size: 1234,
    notify: undefined,
    next: undefined,
    name: "",
    vendor: "",
    text: "",
  });
  equal(
    fault(media("<size>1</size><type>application/octet-stream</type>")),
    "badDescriptor: no objectURI",
  );
  equal(
    fault(media("<objectURI>a</objectURI><type>application/octet-stream</type>")),
    "badDescriptor: no size",
  );
  equal(fault(media("<objectURI>a</objectURI><size>1</size>")), "badDescriptor: no type");
  equal(
    fault(media("<objectURI> </objectURI><size>1</size><type>application/octet-stream</type>")),
    "badDescriptor: no objectURI",
  );
});

test("prefixes and unknown elements change nothing; names inside them mean nothing", () => {
  const needed = NEEDED.replaceAll("<", "<dd:").replaceAll("<dd:/", "</dd:");
  const document =
    `<dd:media xmlns:dd="u">${needed}<dd:x><size>` +
    `9</size><y><media/></y></dd:x>text</dd:media>`;
  equal(fault(document), "none");
});

test("DDVersion 1.x is read; of another nothing is looked for: 951", () => {
  for (const version of ["1", "1.0", "1.1", ""])
    equal(fault(media(`${NEEDED}<DDVersion>${version}</DDVersion>`)), "none", version);
  for (const version of ["2.0", "0.9", "10", "one"]) {
    equal(
      fault(media(`<DDVersion>${version}</DDVersion>`)),
      `descriptorVersion: DDVersion ${version}`,
    );
  }
});

test("a size is decimal digits, and not 0", () => {
  for (const size of ["0", "-1", "1.5", "0x10", "1e3", "12 34", "99999999999999999999", "١"]) {
    equal(
      fault(media(NEEDED.replace("1234", size))),
      "badDescriptor: size is not a number of bytes",
      size,
    );
  }
});

test("every type must be one that the device takes: 953", () => {
  equal(fault(media(`${NEEDED}<type>application/x-firmware</type>`)), "none");
  equal(fault(media(`${NEEDED}<type>image/gif</type>`)), "unacceptable: type image/gif");
  const many = (count: number): string => "<type>application/octet-stream</type>".repeat(count - 1);
  equal(fault(media(NEEDED + many(DESCRIPTOR_TYPES_MAX))), "none");
  equal(fault(media(NEEDED + many(DESCRIPTOR_TYPES_MAX + 1))), "badDescriptor: too many types");
  equal(mediaType(" Text/XML ; charset=utf-8"), "text/xml");
});

test("every URL obeys the rules of URLs, seen from where the descriptor came from", () => {
  const object = (url: string): string => media(NEEDED.replace("fw.bin", url));
  const notify = (url: string): string =>
    media(`${NEEDED}<installNotifyURI>${url}</installNotifyURI>`);
  for (const url of [
    "http://h/fw",
    "https://10.0.0.1/",
    "https://localhost/",
    "//127.0.0.1/",
    "https://[::1]/",
  ]) {
    ok(fault(object(url)).startsWith("badURL: objectURI"), url);
    ok(fault(notify(url)).startsWith("badURL: installNotifyURI"), url);
  }
  for (const url of ["https://u:p@h/", "ftp://h/", "file:///etc", "https://h/a\nb"]) {
    ok(fault(object(url)).startsWith("badDescriptor: objectURI "), url);
    ok(fault(notify(url)).startsWith("badURL: installNotifyURI"), url);
  }
  equal(fault(object("http://h/fw"), "http://h/dd"), "none");
  equal(
    fault(object("fw"), "http://h/dd", { ...STRICT, allowHttp: false }),
    "badURL: objectURI leads to h by plain http: use https, or set allowHttp in a laboratory",
  );
  const next = read(media(`${NEEDED}<nextURL>http://h/</nextURL>`));
  ok(
    "next" in next && next.next === undefined,
    "a nextURL that is not admitted is no reason to refuse",
  );
});

test("what is wrong is reported where the descriptor says, if that could be read", () => {
  const notify = "<installNotifyURI>/s</installNotifyURI>";
  equal(fault(media(notify)), "badDescriptor: no objectURI → https://h/s");
  equal(
    fault(media(`${notify}<DDVersion>2.0</DDVersion>`)),
    "descriptorVersion: DDVersion 2.0 → https://h/s",
  );
  const other = media(`${NEEDED}${notify}<type>a/b</type>`);
  equal(fault(other), "unacceptable: type a/b → https://h/s");
  ok(fault(`<media>${notify}<x></media>`).endsWith("→ https://h/s"));
  ok(!fault(`<media><x></y>${notify}</media>`).includes("→"));
});

test("a document type that declares nothing is read over", () => {
  const type = '<!DOCTYPE media PUBLIC "-//OMA//DTD DD 1.0//EN" "http://h/dd.dtd">';
  equal(fault(`${DECLARATION}\n${type}\n${element(NEEDED)}`), "none");
  equal(fault(`<!DOCTYPE media SYSTEM "dd.dtd" [<!-- 1.0 -->]>${element(NEEDED)}`), "none");
});

test("what is not well-formed, not media, doubled or nested is no descriptor: 906", () => {
  for (const document of [
    "",
    "text",
    "<media>",
    media(`${NEEDED}<x>`),
    `${media(NEEDED)}<media/>`,
    media(`${NEEDED}&unknown;`),
    '<!DOCTYPE media [<!ENTITY a "x">]><media/>',
    media(`${NEEDED}]]>`),
    "\ufeff\ufeff<media/>",
  ]) {
    ok(fault(document).startsWith("badDescriptor: not well-formed"), document);
  }
  equal(fault("<html/>"), "badDescriptor: the root element is not media");
  for (const name of ["objectURI", "size", "installNotifyURI", "DDVersion", "name"]) {
    const twice = `<${name}>1</${name}>`.repeat(2);
    equal(fault(media(twice)).split(" →")[0], `badDescriptor: ${name} twice`);
  }
  equal(fault(media(`${NEEDED}<name>a<b/></name>`)), "badDescriptor: an element in name");
});

test("bombs end at the reader's depth; the document's length bounds the rest", () => {
  const nested = (depth: number): string =>
    media("<x>".repeat(depth) + "</x>".repeat(depth) + NEEDED);
  equal(fault(nested(ELEMENT_DEPTH_MAX - 1)), "none");
  ok(fault(nested(ELEMENT_DEPTH_MAX)).includes("too many open elements"));
  equal(fault(media("<x/>".repeat(900) + NEEDED)), "none");
});

test("a text for people has a limit and no controls; a URL past its limit is none", () => {
  const named = (name: string): string => {
    const reading = read(media(`${NEEDED}<name>${name}</name>`));
    return "name" in reading ? reading.name : "";
  };
  equal(named("a".repeat(DESCRIPTOR_TEXT_BYTES_MAX)), "a".repeat(DESCRIPTOR_TEXT_BYTES_MAX));
  equal(named("a".repeat(DESCRIPTOR_TEXT_BYTES_MAX + 1)), "a".repeat(DESCRIPTOR_TEXT_BYTES_MAX));
  equal(
    named(`a${"é".repeat(DESCRIPTOR_TEXT_BYTES_MAX)}`),
    `a${"é".repeat(DESCRIPTOR_TEXT_BYTES_MAX / 2 - 1)}`,
  );
  equal(named("one\ntwo\tthree&#127;&#13;&#10;State 100"), "one two three   State 100");
  const long = (bytes: number): string =>
    media(NEEDED.replace("fw.bin", `https://h/${"a".repeat(bytes - 10)}`));
  equal(fault(long(URL_BYTES_MAX)), "none");
  const cut = `badDescriptor: objectURI is longer than ${URL_BYTES_MAX} bytes`;
  equal(fault(long(URL_BYTES_MAX + 1)), cut);
  equal(fault(long(URL_BYTES_MAX + 10)), cut);
  const wide = `https://h/${"a".repeat(URL_BYTES_MAX - 12)}\u{1f600}\u{1f600}`;
  equal(fault(media(NEEDED.replace("fw.bin", wide))), cut, "no part of a URL passes for one");
});

test("a URL for the report, and one for people, has at most ADDRESS_BYTES_MAX bytes", () => {
  const filled = (name: string, path: string): string =>
    media(`${NEEDED}<${name}>${path}</${name}>`);
  const filler = "a".repeat(ADDRESS_BYTES_MAX - "https://h/".length);
  const dots = `${"../".repeat(ADDRESS_BYTES_MAX / 3)}bc`;
  const next = (path: string): string | undefined => {
    const reading = read(filled("nextURL", path));
    return "next" in reading ? reading.next : "none";
  };
  equal(next(`https://h/${filler}`), `https://h/${filler}`);
  equal(fault(filled("installNotifyURI", `/${filler}`)), "none");
  const long = `badURL: installNotifyURI is longer than ${ADDRESS_BYTES_MAX} bytes`;
  for (const path of [`https://h/${filler}a`, `/${filler}a`, dots]) {
    equal(next(path), undefined, path);
    equal(fault(filled("installNotifyURI", path)), long, path);
  }
});
