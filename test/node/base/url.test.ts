/**
 * src/base/url.ts beside the URL of the platform (WHATWG): nothing that is admitted is read
 * differently by the two, and what is printed is read back as the same.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { parseUrl, resolveUrl, type Url, urlText } from "../../../src/base/url.ts";
import { admitUrl, STRICT_RULES } from "../../../src/base/urlrules.ts";

const RUNS = { numRuns: 20_000, seed: 7 };

/** What URLs are made of, and what they are attacked with. */
const WORDS = [
  "http://",
  "https://",
  "HTTP://",
  "hTtps://",
  "http:",
  "//",
  "/",
  "\\",
  "?",
  "#",
  ":",
  "@",
  "%",
  "%2e",
  "%2E",
  "%2f",
  "%zz",
  "%00",
  ".",
  "..",
  "./",
  "../",
  "h",
  "Example.COM",
  "xn--bcher-kva",
  "ü",
  "\u{1f600}",
  "\u00ad",
  "１",
  "。",
  "[",
  "]",
  "[::1]",
  "[::ffff:1.2.3.4]",
  "[2001:db8:0:0:1::]",
  "fe80::1%25e",
  "127.0.0.1",
  "127.1",
  "0x7f.1",
  "0177.0.0.1",
  "2130706433",
  "1.2.3.4.",
  ":80",
  ":443",
  ":8080",
  ":0",
  ":00080",
  ":65536",
  "user:pw@",
  " ",
  "\t",
  "\n",
  "\u0000",
  "'",
  '"',
  "<",
  "{",
  "}",
  "|",
  "^",
  "`",
  "a",
  "-",
  "_",
  "~",
  "+",
  "&=;,",
];

const pieces = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: "binary", maxLength: 3 })), {
    maxLength: 12,
  })
  .map((words) => words.join(""));
/** Half of them begin like a URL, or no case would reach a path. */
const texts = fc.oneof(
  pieces,
  pieces.map((rest) => `https://h/${rest}`),
  pieces.map((rest) => `http://${rest}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ["http", "https"] }),
);

function platform(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** The same address, read by the platform, with the escapes that it leaves out. */
function agrees(url: Url, text: string, base?: string): void {
  const theirs = platform(text, base);
  ok(theirs !== undefined, `the platform refuses ${JSON.stringify(text)}`);
  const port = theirs.port === "" ? (theirs.protocol === "http:" ? 80 : 443) : Number(theirs.port);
  deepStrictEqual(
    [url.scheme, url.host, url.port],
    [theirs.protocol.slice(0, -1), theirs.hostname, port],
    text,
  );
  theirs.hash = "";
  deepStrictEqual(parseUrl(theirs.href), url, text);
}

test("parse and print undo each other, and the platform reads what print writes", () => {
  let admitted = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const url = parseUrl(text);
      if (typeof url === "string") {
        ok(url.length > 5);
        return;
      }
      admitted++;
      const printed = urlText(url);
      deepStrictEqual(parseUrl(printed), url);
      strictEqual(platform(printed)?.href, printed);
      ok(/^[!-~]+$/.test(printed));
    }),
    RUNS,
  );
  ok(admitted > RUNS.numRuns / 10, `${admitted} were admitted`);
});

test("an admitted URL has the host, port and path that the platform reads in the same text", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const url = parseUrl(text);
      if (typeof url !== "string") agrees(url, text);
    }),
    RUNS,
  );
});

test("an admitted reference leads where the platform says", () => {
  const base = "https://host.example:8443/a/b/c?d/e";
  const from = parseUrl(base);
  ok(typeof from !== "string");
  let admitted = 0;
  fc.assert(
    fc.property(fc.oneof(pieces, texts), (text) => {
      const url = resolveUrl(from, text);
      if (typeof url === "string") return;
      admitted++;
      agrees(url, text, base);
    }),
    RUNS,
  );
  ok(admitted > RUNS.numRuns / 10, `${admitted} were admitted`);
});

/** Loopback, link-local and private addresses as a resolver may take them, in one of many forms. */
const inward = fc
  .tuple(
    fc.constantFrom(
      [127, 0, 0, 1],
      [10, 1, 2, 3],
      [192, 168, 0, 1],
      [169, 254, 169, 254],
      [0, 0, 0, 0],
    ),
    fc.constantFrom(10, 8, 16),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom("plain", "mapped", "mapped hex", "compatible", "translated"),
    fc.constantFrom("", "."),
    fc.boolean(),
  )
  .map(([bytes, radix, parts, form, dot, upper]) => {
    const last = bytes.slice(parts - 1).reduce<number>((sum, byte) => sum * 256 + byte, 0);
    const numbers: readonly number[] = [...bytes.slice(0, parts - 1), last];
    const prefix = radix === 8 ? "0" : radix === 16 ? "0x" : "";
    const plain = numbers.map((number) => prefix + number.toString(radix)).join(".") + dot;
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    const host = {
      plain,
      mapped: `[::ffff:${bytes.join(".")}]`,
      "mapped hex": `[::ffff:${hex}]`,
      compatible: `[::${hex}]`,
      translated: `[64:ff9b::${hex}]`,
    }[form];
    return upper ? host.toUpperCase() : host;
  });

test("an address that points inward is refused in every form that a resolver takes", () => {
  fc.assert(
    fc.property(
      inward,
      fc.constantFrom("https://", "HTTPS://"),
      fc.constantFrom("", ":8443"),
      (host, scheme, port) => {
        const url = admitUrl(`${scheme}${host}${port}/dm`, STRICT_RULES);
        strictEqual(typeof url, "string", host);
      },
    ),
    RUNS,
  );
});
