/** Which texts are addresses of HTTP, how each is spelled, and where references lead. */
import { HOST_BYTES_MAX, URL_BYTES_MAX } from "../../../src/base/limits.ts";
import {
  authorityText,
  hostName,
  originText,
  parseUrl,
  place,
  resolveUrl,
  sameOrigin,
  urlText,
} from "../../../src/base/url.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { address } from "./address.ts";

/** The one spelling of a text, or why it has none. */
function spelled(text: string): string {
  const url = parseUrl(text);
  return typeof url === "string" ? url : urlText(url);
}

/** Each text has this spelling, which is its own. */
function spell(cases: readonly (readonly [text: string, spelling: string])[]): void {
  for (const [text, spelling] of cases) {
    equal(spelled(text), spelling, text);
    equal(spelled(spelling), spelling, spelling);
  }
}

/** Each text is refused with a sentence that begins so. */
function refused(cases: readonly (readonly [text: string, why: string])[]): void {
  for (const [text, why] of cases) {
    const said = spelled(text);
    equal(said.substring(0, why.length), why, text);
  }
}

test("a URL has scheme, host, port and path with query; the fragment is left out", () => {
  const url = (scheme: string, host: string, port: number, path: string): object => ({
    scheme,
    host,
    port,
    path,
  });
  const cases = [
    ["http://Example.com/a/b?c=d/e#f", url("http", "example.com", 80, "/a/b?c=d/e")],
    ["HTTPS://h:8443", url("https", "h", 8443, "/")],
    ["https://h?q=/", url("https", "h", 443, "/?q=/")],
    ["https://h#?q", url("https", "h", 443, "/")],
    ["http://[2001:DB8::1]:81/x", url("http", "[2001:db8::1]", 81, "/x")],
    ["http://192.0.2.1:65535/@", url("http", "192.0.2.1", 65535, "/@")],
    ["http://h/a#b?c", url("http", "h", 80, "/a")],
  ] as const;
  for (const [text, expected] of cases) deepEqual(parseUrl(text), expected, text);
});

test("scheme and host become lower case, a usual port is dropped (RFC 3986 §6.2)", () => {
  spell([
    ["HTTP://H/dm", "http://h/dm"],
    ["hTTpS://Dm.Example/Path?Query", "https://dm.example/Path?Query"],
    ["http://h:80/", "http://h/"],
    ["https://h:443/a", "https://h/a"],
    ["http://h:443/", "http://h:443/"],
    ["https://h:80", "https://h:80/"],
    ["http://h:/", "http://h/"],
    ["http://h:0080/", "http://h/"],
    ["http://h:00000000000000008080/", "http://h:8080/"],
    ["http://a_b-c.example./", "http://a_b-c.example./"],
  ]);
});

test("an empty path is /, an empty query stays, and a fragment goes", () => {
  spell([
    ["http://h", "http://h/"],
    ["http://h?", "http://h/?"],
    ["http://h?a", "http://h/?a"],
    ["http://h#", "http://h/"],
    ["http://h/a?#b", "http://h/a?"],
    ["http://h/dm#main", "http://h/dm"],
  ]);
});

test("dot segments are removed, escaped ones too (RFC 3986 §5.2.4)", () => {
  spell([
    ["http://h/a/b/c/./../../g", "http://h/a/g"],
    ["http://h/..", "http://h/"],
    ["http://h/../../a", "http://h/a"],
    ["http://h/a/..", "http://h/"],
    ["http://h/a/.", "http://h/a/"],
    ["http://h/a/b/../", "http://h/a/"],
    ["http://h/a//../b", "http://h/a/b"],
    ["http://h//a///", "http://h//a///"],
    ["http://h/..//x", "http://h//x"],
    ["http://h/a/%2e%2E/b/%2E/c/.%2e/d", "http://h/b/d"],
    ["http://h/.../..a/.b./a..", "http://h/.../..a/.b./a.."],
    ["http://h/%2f../%252e", "http://h/%2f../%252e"],
    ["http://h/a?../b/./c", "http://h/a?../b/./c"],
  ]);
});

test("blanks, braces, quotes, UTF-8 and a stray % are escaped (RFC 3986 §2)", () => {
  spell([
    ["http://h/a b?c d", "http://h/a%20b?c%20d"],
    ["http://h/{id}?{x}", "http://h/%7Bid%7D?%7Bx%7D"],
    ['http://h/"<>^`|[]?"<>^`|[]', "http://h/%22%3C%3E%5E%60%7C%5B%5D?%22%3C%3E%5E%60%7C%5B%5D"],
    ["http://h/it's?it's", "http://h/it's?it%27s"],
    ["http://h/ü?ü", "http://h/%C3%BC?%C3%BC"],
    ["http://h/\u{1f600}", "http://h/%F0%9F%98%80"],
    ["http://h/%zz%4?%%41%", "http://h/%25zz%254?%25%41%25"],
    ["http://h/%c3%bc%7e", "http://h/%c3%bc%7e"],
    [
      "http://h/!$&'()*+,;=:@-._~a0?!$&()*+,;=:@-._~/?",
      "http://h/!$&'()*+,;=:@-._~a0?!$&()*+,;=:@-._~/?",
    ],
  ]);
});

test("white space around a URL is left out", () => {
  spell([
    [" http://h/ ", "http://h/"],
    ["\r\n\thttp://h/a\r\n", "http://h/a"],
  ]);
  equal(spelled(" \t"), "is empty");
});

test("what is no absolute http or https URL is refused, with a sentence", () => {
  const scheme = "does not begin with http:// or https://";
  refused([
    ["", "is empty"],
    ["h", scheme],
    ["/a", scheme],
    ["//h/a", scheme],
    ["ftp://h/a", scheme],
    ["file:///etc", scheme],
    ["http:/h", scheme],
    ["http:h", scheme],
    ["https:/h/", scheme],
    ["httpsx://h/", scheme],
    ["javascript:alert(1)", scheme],
    ["http://", "has no host"],
    ["http:///a", "has no host"],
    ["http://:80/", "has no host"],
    ["http://?a", "has no host"],
  ]);
});

test("user information, backslashes and controls are refused: readers disagree", () => {
  const user = "has user information";
  const back = "has a backslash";
  const control = "has a control character";
  refused([
    ["http://u@h/", user],
    ["http://u:p@h/", user],
    ["http://@h/", user],
    ["http://h@i:80/", user],
    ["http://h\\@i/", back],
    ["http:\\\\h/", back],
    ["http://h/a\\b", back],
    ["http://h/a?\\", back],
    ["http://h/\na", control],
    ["http://h/a\r\nHost: i", control],
    ["ht\ttp://h/", control],
    ["http://h/\u007fa", control],
    ["http://h/\u0000a", control],
    ["http://h/a#\u001fb", control],
  ]);
});

test("a host is labels of letters, digits, hyphens and underscores", () => {
  const name = "has a host that is no name";
  refused([
    ["http://a..b/", name],
    ["http://.a/", name],
    ["http://./", name],
    ["http://a../", name],
    ["http://a b/", name],
    ["http://h%20/", name],
    ["http://%31%32%37.0.0.1/", name],
    ["http://h,i/", name],
    ["http://hé/", name],
    ["http://h*/", name],
    ["http://h<i/", name],
  ]);
  const label = "a".repeat(63);
  equal(spelled(`http://${label}.${label}/`), `http://${label}.${label}/`);
  refused([[`http://h.${label}a/`, "has a host with a label of more than 63 bytes"]]);
});

test("a host has at most HOST_BYTES_MAX bytes (RFC 1035 §2.3.4)", () => {
  equal(HOST_BYTES_MAX, 253);
  const host = `${"a".repeat(49)}.`.repeat(5) + "b".repeat(HOST_BYTES_MAX - 250);
  equal(spelled(`http://${host}/`), `http://${host}/`);
  refused([[`http://${host}b/`, `has a host of more than ${HOST_BYTES_MAX} bytes`]]);
});

test("a port is a number from 1 to 65535", () => {
  const port = "has a port that is not a number from 1 to 65535";
  refused([
    ["http://h:0/", port],
    ["http://h:65536/", port],
    ["http://h:99999999999999999999/", port],
    ["http://h:8a/", port],
    ["http://h:80:80/", port],
    ["http://h:-1/", port],
    ["http://[::1]:x/", port],
  ]);
  equal(spelled("http://h:65535/"), "http://h:65535/");
  equal(spelled("http://h:1/"), "http://h:1/");
});

test("a host that ends in a number is four plain decimals, since resolvers differ", () => {
  for (const host of [
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0X7F000001",
    "0177.0.0.1",
    "010.0.0.1",
    "1.2.3.256",
    "1.2.3.4.5",
    "1.2.3.4.",
    "1.2.3",
    "a.1",
    "a.08",
    "127.0.0.0x1",
    "127.0.0.0x",
    "a.0xfF.",
  ]) {
    refused([[`http://${host}/`, "has a host that ends in a number"]]);
  }
  for (const host of ["1.2.3.4", "0.0.0.0", "1a.b2", "1a", "a.1b", "0xg", "3f2a9c1d-x"])
    equal(spelled(`http://${host}/`), `http://${host}/`);
});

test("an IPv6 address has one spelling (RFC 5952 §4)", () => {
  spell([
    ["http://[::1]:8080/", "http://[::1]:8080/"],
    ["http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"],
    ["http://[::]/", "http://[::]/"],
    ["http://[2001:DB8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/"],
    ["http://[2001:0db8::0001]/", "http://[2001:db8::1]/"],
    ["http://[1:2:3:4:5:6:7::]/", "http://[1:2:3:4:5:6:7:0]/"],
    ["http://[1:0:3:0:5:0:7:8]/", "http://[1:0:3:0:5:0:7:8]/"],
    ["http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"],
    ["http://[1:2:3:4:5:6:1.2.3.4]/", "http://[1:2:3:4:5:6:102:304]/"],
  ]);
  for (const inside of [
    "",
    ":",
    ":::",
    "1",
    "g::",
    "1::2::3",
    "12345::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    ":1::",
    "1:",
    "::1:",
    "::1.2.3",
    "::1.2.3.4.5",
    "::01.2.3.4",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "fe80::1%25eth0",
    "fe80::1%eth0",
    "v1.x",
  ]) {
    refused([[`http://[${inside}]/`, "has a malformed IPv6 address"]]);
  }
  refused([
    ["http://[::1/", "has a malformed IPv6 address"],
    ["http://[::1]a/", "has a malformed IPv6 address"],
    ["http://a[::1]/", "has a host that is no name"],
  ]);
});

test("a URL has at most URL_BYTES_MAX bytes, as it comes and as it is escaped", () => {
  const filler = "p".repeat(URL_BYTES_MAX - 9);
  equal(spelled(`http://h/${filler}`), `http://h/${filler}`);
  equal(spelled(`http://h/${filler}p`), `is longer than ${URL_BYTES_MAX} bytes`);
  const most = `http://h/${"p".repeat(URL_BYTES_MAX - 12)}`;
  equal(spelled(`${most} `), most);
  equal(spelled(`${most}{`).length, URL_BYTES_MAX);
  const long = `is longer than ${URL_BYTES_MAX} bytes when it is escaped`;
  equal(spelled(`${most}p{`), long);
  const third = "{".repeat(URL_BYTES_MAX / 3);
  for (const path of [`/${third}{`, `/?${third}{`, `/${third}?{`, `/{{?${third}`])
    equal(spelled(`http://h${path}`), long, path);
});

test("sockets get a host without brackets; Host has the port if it is unusual", () => {
  const url = address("http://[::1]:8080/a?b");
  deepEqual(
    [hostName(url), authorityText(url), originText(url)],
    ["::1", "[::1]:8080", "http://[::1]:8080"],
  );
  const plain = address("https://h:443/");
  deepEqual([hostName(plain), authorityText(plain), originText(plain)], ["h", "h", "https://h"]);
});

test("one server is scheme, host and port", () => {
  const same = (a: string, b: string): boolean => sameOrigin(address(a), address(b));
  ok(same("http://h/a", "HTTP://H:80/b"));
  ok(!same("http://h/", "https://h/"));
  ok(!same("http://h/", "http://h:81/"));
  ok(!same("http://h/", "http://i/"));
});

test("the log has a URL without its query", () => {
  equal(place("https://h/p?token=1"), "https://h/p?…");
  equal(place("https://h/p"), "https://h/p");
});

test("a reference is resolved against the URL that answered (RFC 3986 §5.2)", () => {
  const base = address("https://h:8443/a/b?c/d");
  const cases = [
    ["http://i/x", "http://i/x"],
    ["//i/x", "https://i/x"],
    ["/x", "https://h:8443/x"],
    ["x", "https://h:8443/a/x"],
    ["x?y:z", "https://h:8443/a/x?y:z"],
    ["?y", "https://h:8443/a/b?y"],
    ["#y", "https://h:8443/a/b?c/d"],
    ["./x", "https://h:8443/a/x"],
    ["../pkg", "https://h:8443/pkg"],
    ["../../pkg", "https://h:8443/pkg"],
    ["..", "https://h:8443/"],
    ["x/../y z", "https://h:8443/a/y%20z"],
    ["/x:y", "https://h:8443/x:y"],
    [" x ", "https://h:8443/a/x"],
    ["é", "https://h:8443/a/%C3%A9"],
  ] as const;
  for (const [reference, expected] of cases) {
    const url = resolveUrl(base, reference);
    equal(typeof url === "string" ? url : urlText(url), expected, reference);
  }
  for (const reference of [
    "",
    " ",
    "ftp://h/",
    "mailto:a",
    "//u@h/",
    "http:x",
    "x:y",
    "///x",
    "\\\\i",
    "/\\i",
    "a\nb",
    "a\u0000b",
    "p".repeat(URL_BYTES_MAX),
    "p".repeat(URL_BYTES_MAX + 1),
  ])
    equal(typeof resolveUrl(base, reference), "string", reference);
});

test("the examples of the standard lead where it says (RFC 3986 §5.4)", () => {
  const base = address("http://a/b/c/d;p?q");
  const cases = [
    ["g", "http://a/b/c/g"],
    ["./g", "http://a/b/c/g"],
    ["g/", "http://a/b/c/g/"],
    ["/g", "http://a/g"],
    ["//g", "http://g/"],
    ["?y", "http://a/b/c/d;p?y"],
    ["g?y", "http://a/b/c/g?y"],
    ["#s", "http://a/b/c/d;p?q"],
    ["g#s", "http://a/b/c/g"],
    ["g?y#s", "http://a/b/c/g?y"],
    [";x", "http://a/b/c/;x"],
    ["g;x=1/../y", "http://a/b/c/y"],
    [".", "http://a/b/c/"],
    ["./", "http://a/b/c/"],
    ["../g", "http://a/b/g"],
    ["../..", "http://a/"],
    ["../../../g", "http://a/g"],
    ["/./g", "http://a/g"],
    ["/../g", "http://a/g"],
    ["g.", "http://a/b/c/g."],
    ["..g", "http://a/b/c/..g"],
    ["./g/.", "http://a/b/c/g/"],
    ["g?y/../x", "http://a/b/c/g?y/../x"],
  ] as const;
  for (const [reference, expected] of cases) {
    const url = resolveUrl(base, reference);
    equal(typeof url === "string" ? url : urlText(url), expected, reference);
  }
});
